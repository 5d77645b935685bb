# `make demo` shows what bitweight does, `make test` proves that it does it.

.PHONY: demo test bench rtl_out tools

# Generates the 16x16 array and classifies 719 handwritten digits on it, in Verilator.
demo: tools
	cargo run --release --locked --quiet --example digits

# Formatting, lints, and all tests.
test: tools
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked --doc
	cargo build --locked --examples
	cargo test --locked --no-fail-fast --lib --tests

# Simulation speed beside a bare C++ loop on the same model.
bench: tools
	cargo bench --locked

# Brings the checked-in output of the presets up to date.
rtl_out:
	cargo run --release --locked --quiet -- gen --presets -o rtl_out

tools:
	@scripts/tools
