# `make demo` shows what bitweight does, `make test` proves that it does it.

.PHONY: demo test soak bench rtl_out tools

# Generates the 16x16 array and classifies 719 handwritten digits on it, in Verilator.
demo: tools
	@echo "step 1 of 2: compiling bitweight (about five minutes on two cores, once)"
	cargo build --release --locked --example digits
	@echo "step 2 of 2: the digits in Verilator (about half a minute)"
	cargo run --release --locked --quiet --example digits

# Formatting, lints, and all tests.
test: tools
	@echo "formatting, lints and tests: about half an hour on two cores"
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked --doc
	cargo build --locked --examples
	cargo test --locked --no-fail-fast --lib --tests

# Random and broken configurations for a minute, then random layers and blocks under random pauses for
# HOURS (1), all from SEED (the clock) on, up to the first that fails.
soak: tools
	FUZZ_SEED=$(SEED) FUZZ_SECONDS=60 cargo test --locked --test fuzz -- --nocapture
	SEED=$(SEED) HOURS=$(HOURS) cargo test --locked --test stalls soak -- --ignored --nocapture

# Simulation speed beside a bare C++ loop on the same model, and the cost of building one.
bench: tools
	cargo bench --locked

# Brings the checked-in output of the presets up to date.
rtl_out:
	cargo build --release --locked
	cargo run --release --locked --quiet -- gen --presets -o rtl_out

tools:
	@scripts/tools
