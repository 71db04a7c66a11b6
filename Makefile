# SPDX-License-Identifier: Apache-2.0
#
# make            build/nguon and build/nguond
# make check      every unit, property and system test; last line: the count
# make check-san  the same under AddressSanitizer and UBSan, in build/san/
# make lint fuzz bench demo format deps install clean
#
# For the user: CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR, BUILD (folder for what is
# made), JOBS, FUZZ_SECONDS, V=1 (show the commands), SAN=1 (build beside with
# sanitizers), WERROR=1.

CFLAGS       ?= -O2 -g
BUILD        ?= build
JOBS         ?= 2
FUZZ_SECONDS ?= 10
PREFIX       ?= /usr/local
BINDIR       ?= $(PREFIX)/bin
MANDIR       ?= $(PREFIX)/share/man
LIBDIR       ?= $(PREFIX)/lib
CONFDIR      ?= /etc/default
CLANG        ?= clang
Q            := $(if $(V),,@)

B := $(BUILD)$(if $(SAN),/san)
T := $(B)/test
F := $(BUILD)/fuzz

# ---- what this needs of the system

PACKAGES := gcc make pkg-config libsqlite3-dev libcurl4-openssl-dev \
	libsodium-dev libmsgpack-dev libmicrohttpd-dev libgnutls28-dev \
	libzstd-dev libunistring-dev libqrencode-dev libzip-dev libexpat1-dev \
	libxlsxwriter-dev libcmocka-dev clang \
	libclang-rt-14-dev clang-format clang-tidy cppcheck sqlite3 mandoc \
	curl git procps systemd

# Asked of pkg-config once, and only when a recipe first needs it: `make deps'
# must work before pkg-config is there.
once     = $(eval $(1) := $(shell $(2)))$($(1))
# msgpack.pc became msgpack-c.pc in 6.0.0
MSGPACK  = $(call once,MSGPACK,pkg-config --exists msgpack-c && \
	echo msgpack-c || echo msgpack)
PURE_PC  = libsodium libzstd $(MSGPACK)
ALL_PC   = $(PURE_PC) sqlite3 libcurl libmicrohttpd gnutls libqrencode \
	libzip expat xlsxwriter cmocka

PC_CFLAGS   = $(call once,PC_CFLAGS,pkg-config --cflags $(ALL_PC))
PURE_LIBS   = $(call once,PURE_LIBS,pkg-config --libs $(PURE_PC))
CLIENT_LIBS = $(call once,CLIENT_LIBS,pkg-config --libs $(PURE_PC) sqlite3 \
	libqrencode libzip expat xlsxwriter && echo -lunistring -lm)
DAEMON_LIBS = $(call once,DAEMON_LIBS,pkg-config --libs $(PURE_PC) sqlite3 \
	libcurl libmicrohttpd gnutls)
CMOCKA_LIBS = $(call once,CMOCKA_LIBS,pkg-config --libs cmocka)

# ---- our flags, apart from the user's CFLAGS and LDFLAGS

SANF     := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum \
	-Wmissing-prototypes -Wstrict-prototypes -Wvla -Wformat=2
FORTIFY  := $(if $(SAN),,$(if $(filter -O -O1 -O2 -O3 -Os,$(CFLAGS)),\
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
BASE      = -std=c11 -D_POSIX_C_SOURCE=200809L -I. -I$(B)/made $(WARN) \
	$(PC_CFLAGS)
OURS      = $(BASE) -fPIE -fstack-protector-strong $(FORTIFY) \
	$(if $(SAN),$(SANF)) $(if $(WERROR),-Werror)
OURS_LD   = -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(if $(SAN),$(SANF))
TESTDEF  := -DNGUON_TEST_BUILD
COMPILE   = $(CC) $(OURS) -MMD -MP $(CFLAGS) $(CPPFLAGS)
LINK      = $(CC) $(OURS) $(CFLAGS) $(OURS_LD) $(LDFLAGS)

# ---- sources; the layers are archives, so that the linker guards them

SRC_protocol := $(wildcard protocol/*.c)
SRC_store    := $(wildcard client/store/*.c)
SRC_client   := $(wildcard client/records/*.c client/web/*.c) \
	$(filter-out client/cli/main.c,$(wildcard client/cli/*.c))
SRC_daemon   := $(wildcard daemon/cell/*.c daemon/hub/*.c) \
	$(filter-out daemon/main.c,$(wildcard daemon/*.c))
MAINS        := $(wildcard client/cli/main.c daemon/main.c)
SRC          := $(SRC_protocol) $(SRC_store) $(SRC_client) $(SRC_daemon)

UNIT     := $(wildcard tests/unit/test_*.c)
PROPERTY := $(wildcard tests/property/*.c)
TOOLS    := $(wildcard tests/tools/*.c)
SUPPORT  := $(wildcard tests/support/*.c)
BENCH    := $(wildcard tests/bench/*.c)
FUZZ     := $(wildcard tests/fuzz/fuzz_*.c)
# demo.sh is `make demo'; what scripts share lives in tests/system/lib/
SYSTEM   := $(filter-out %/demo.sh,$(wildcard tests/system/*.sh))
TEST_C   := $(UNIT) $(PROPERTY) $(TOOLS) $(SUPPORT) $(BENCH) $(FUZZ)

# Unit tests of a module of protocol/ may use nothing else, nor may these:
PURE_EXTRA := $(wildcard tests/unit/test_vectors*.c) \
	tests/unit/test_entry_build.c tests/unit/test_spec_tables.c
PURE_UNIT  := $(filter $(patsubst protocol/%,tests/unit/test_%.c,\
	$(basename $(wildcard protocol/*.c protocol/*.h))) $(PURE_EXTRA),$(UNIT))
REST_UNIT  := $(filter-out $(PURE_UNIT),$(UNIT))

# X.sql is compiled in: #include "client/store/X.sql.h" is a string literal.
SQL_H := $(patsubst %,$(B)/made/%.h,$(wildcard client/store/*.sql \
	daemon/cell/*.sql daemon/hub/*.sql))

# Test binaries are the same objects, apart from the files that name
# NGUON_TEST_BUILD (scripted clock, cheap Argon2).
TEST_SRC := $(if $(SRC)$(MAINS),$(shell grep -l NGUON_TEST_BUILD $(SRC) $(MAINS)))
obj       = $(patsubst %.c,$(B)/%.o,$(1))
tobj      = $(call obj,$(filter-out $(TEST_SRC),$(1))) \
	$(patsubst %.c,$(T)/%.o,$(filter $(TEST_SRC),$(1)))

LAYERS   := protocol store client daemon
libs      = $(patsubst %,$(1)/lib%.a,$(2))	# highest layer first
CLIENT_A := client store protocol
DAEMON_A := daemon store protocol
bins      = $(if $(wildcard client/cli/main.c),$(1)/nguon) \
	$(if $(wildcard daemon/main.c),$(1)/nguond)

PRODUCTS := $(call bins,$(B))
TESTBINS := $(call bins,$(T))
TOOLBINS := $(patsubst %.c,$(B)/%,$(TOOLS))
PURE_BIN := $(patsubst %.c,$(B)/%,$(PURE_UNIT) $(PROPERTY))
REST_BIN := $(patsubst %.c,$(B)/%,$(REST_UNIT))
BENCHBIN := $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH))
FUZZBIN  := $(patsubst tests/fuzz/%.c,$(F)/%,$(FUZZ))
OBJECTS  := $(call obj,$(SRC) $(MAINS) $(TEST_C)) \
	$(patsubst %.c,$(T)/%.o,$(TEST_SRC))

# Sub-makes use JOBS, unless the user gave a -j of their own.
SUBMAKE   = $(MAKE) --no-print-directory $(if $(V),,-s) \
	$(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))
RUN_ENV   = NGUON=$(abspath $(1)/nguon) NGUOND=$(abspath $(1)/nguond) \
	TOOLS=$(abspath $(B)/tests/tools) BUILD=$(abspath $(B))

# ---- targets

.PHONY: all objects check check-built check-san lint lint-objects lint-tidy \
	format fuzz fuzz-built bench bench-built demo deps install clean
.SECONDARY:
.DELETE_ON_ERROR:

all: $(PRODUCTS)
objects: $(OBJECTS)

check: deps
	$(Q)$(SUBMAKE) check-built
check-san: deps
	$(Q)$(SUBMAKE) SAN=1 check-built
check-built: $(PRODUCTS) $(TESTBINS) $(TOOLBINS) $(PURE_BIN) $(REST_BIN)
	$(Q)$(call RUN_ENV,$(T)) bash tests/run_all.sh $(PURE_BIN) $(REST_BIN) \
		$(SYSTEM)

lint: deps
	$(Q)echo "lint: gcc -Werror"
	$(Q)$(SUBMAKE) BUILD=$(BUILD)/lint WERROR=1 objects all
	$(Q)echo "lint: clang -Werror"
	$(Q)$(SUBMAKE) BUILD=$(BUILD)/lint-clang CC=$(CLANG) WERROR=1 objects
	$(Q)bash tests/lint/format.sh
	$(Q)bash tests/lint/layers.sh $(BUILD)/lint
	$(Q)bash tests/lint/map.sh
	$(Q)bash tests/lint/manual.sh $(BUILD)/lint/nguon $(BUILD)/lint/nguond
	$(Q)bash tests/lint/systemd.sh $(BUILD)/lint/nguond
# uninitvar takes a struct filled through an array parameter for empty; gcc
# and the analyzer of clang-tidy look for the same and see it
	$(Q)echo "lint: cppcheck"
	$(Q)mkdir -p $(BUILD)/lint/cppcheck
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,portability,performance \
		--suppress=missingIncludeSystem --suppress=uninitvar \
		--cppcheck-build-dir=$(BUILD)/lint/cppcheck -j $(JOBS) \
		-I. -I$(BUILD)/lint/made $(SRC) $(MAINS) $(TEST_C)
	$(Q)echo "lint: clang-tidy"
	$(Q)$(SUBMAKE) BUILD=$(BUILD)/lint WERROR=1 lint-tidy
	$(Q)echo "lint: clean"
lint-tidy: $(patsubst %.c,$(B)/tidy/%.ok,$(SRC) $(MAINS))
$(B)/tidy/%.ok: %.c $(B)/%.o .clang-tidy
	$(Q)mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(BASE) 2>$(@:.ok=.err) || \
		{ cat $(@:.ok=.err); exit 1; }
	$(Q)touch $@

format:
	$(Q)bash tests/lint/format.sh --apply

fuzz: deps
	$(Q)$(SUBMAKE) fuzz-built
fuzz-built: $(FUZZBIN)
	$(Q)FUZZ_SECONDS=$(FUZZ_SECONDS) bash tests/fuzz/run.sh $(F) $(FUZZBIN)

bench: deps
	$(Q)$(SUBMAKE) bench-built
bench-built: $(PRODUCTS) $(TOOLBINS) $(BENCHBIN)
	$(Q)for t in $(BENCHBIN) $(wildcard tests/bench/*.sh); do \
		case $$t in *.sh) run=bash;; *) run=;; esac; \
		$(call RUN_ENV,$(B)) $$run $$t || exit 1; done

demo: deps
	$(Q)$(SUBMAKE) all $(TOOLBINS)
	$(Q)$(call RUN_ENV,$(B)) bash tests/system/demo.sh

deps:
	$(Q)bash tests/lint/deps.sh $(PACKAGES)

install: all
	install -d $(DESTDIR)$(BINDIR)
	install -m 755 $(PRODUCTS) $(DESTDIR)$(BINDIR)
	$(Q)set -e; put() { install -d "$(DESTDIR)$$2"; \
		install -m 644 "$$1" "$(DESTDIR)$$2/$${3:-$${1##*/}}"; }; \
	for f in $(wildcard client/cli/*.[1-8] daemon/*.[1-8] \
		daemon/*/*.[1-8] protocol/*.[1-8]); do \
		n=$${f##*.}; page=$${f##*/}; page=$${page%.*}; \
		case $$page in \
		*.vi) put $$f $(MANDIR)/vi/man$$n $${page%.vi}.$$n;; \
		*) put $$f $(MANDIR)/man$$n;; esac; done; \
	for f in $(wildcard systemd/*.service systemd/*.socket); do \
		case $$f in *cell*) to=$(LIBDIR)/systemd/user;; \
		*) to=$(LIBDIR)/systemd/system;; esac; put $$f $$to; \
		sed -i "s|/usr/local/bin/|$(BINDIR)/|" \
			"$(DESTDIR)$$to/$${f##*/}"; done; \
	for f in $(wildcard systemd/sysusers.d/*.conf); do \
		put $$f $(LIBDIR)/sysusers.d; done; \
	for f in $(wildcard systemd/default/*); do \
		[ -e "$(DESTDIR)$(CONFDIR)/$${f##*/}" ] || \
		put $$f $(CONFDIR); done

clean:
	rm -rf $(BUILD)

# ---- how things are made

$(B)/made/%.sql.h: %.sql
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $< >$@
$(OBJECTS): | $(SQL_H)

$(B)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@
$(T)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(TESTDEF) -c $< -o $@
$(B)/tests/%.o: tests/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(TESTDEF) -c $< -o $@
$(B)/tests/bench/%.o: tests/bench/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c $< -o $@

define layer
$(B)/lib$(1).a: $$(call obj,$$(SRC_$(1)))
$(T)/lib$(1).a: $$(call tobj,$$(SRC_$(1)))
endef
$(foreach l,$(LAYERS),$(eval $(call layer,$(l))))
$(B)/libsupport.a: $(call obj,$(SUPPORT))
# q, not r: two folders may hold a file of the same name
%.a:
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(B)/nguon: $(call obj,client/cli/main.c) $(call libs,$(B),$(CLIENT_A))
$(T)/nguon: $(call tobj,client/cli/main.c) $(call libs,$(T),$(CLIENT_A))
$(B)/nguon $(T)/nguon:
	$(Q)$(LINK) $^ -o $@ $(CLIENT_LIBS)
$(B)/nguond: $(call obj,daemon/main.c) $(call libs,$(B),$(DAEMON_A))
$(T)/nguond: $(call tobj,daemon/main.c) $(call libs,$(T),$(DAEMON_A))
$(B)/nguond $(T)/nguond:
	$(Q)$(LINK) $^ -o $@ $(DAEMON_LIBS)

$(PURE_BIN): %: %.o $(B)/libsupport.a $(T)/libprotocol.a
	$(Q)$(LINK) $^ -o $@ $(PURE_LIBS) $(CMOCKA_LIBS)
$(TOOLBINS): %: %.o $(B)/libsupport.a $(call libs,$(T),store protocol)
	$(Q)$(LINK) $^ -o $@ $(CLIENT_LIBS) $(CMOCKA_LIBS)
$(REST_BIN): %: %.o $(B)/libsupport.a \
		$(call libs,$(T),daemon client store protocol)
	$(Q)$(LINK) $^ -o $@ $(CLIENT_LIBS) $(DAEMON_LIBS) $(CMOCKA_LIBS)
$(BENCHBIN): $(B)/bench/%: $(B)/tests/bench/%.o $(B)/libsupport.a \
		$(call libs,$(B),daemon client store protocol)
	$(Q)mkdir -p $(@D)
	$(Q)$(LINK) $^ -o $@ $(CLIENT_LIBS) $(DAEMON_LIBS)

# Fuzz targets: clang with libFuzzer, ASan and UBSan, over all layers.
FUZZ_CC   = $(CLANG) $(BASE) $(TESTDEF) -g -O1 -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
FUZZ_OBJ := $(patsubst %.c,$(F)/obj/%.o,$(SRC) $(SUPPORT))
$(F)/obj/%.o: %.c | $(SQL_H)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -MMD -MP -fsanitize=fuzzer-no-link,address,undefined \
		-c $< -o $@
$(F)/libnguon.a: $(FUZZ_OBJ)
$(FUZZBIN): $(F)/%: $(F)/obj/tests/fuzz/%.o $(F)/libnguon.a
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined $^ -o $@ \
		$(CLIENT_LIBS) $(DAEMON_LIBS)

-include $(OBJECTS:.o=.d) $(FUZZ_OBJ:.o=.d)
