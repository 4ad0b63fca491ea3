PYTHON ?= python3
LOCAL = $(PYTHON) docker/local

.PHONY: run test check fmt bench lock
run: ; @$(LOCAL) run
test: ; @$(LOCAL) test $(ARGS)
check: ; @$(LOCAL) check
fmt: ; @$(LOCAL) fmt
bench: ; @$(LOCAL) bench $(ONLY)
lock: ; @$(LOCAL) lock
