//! Generates synthesizable Verilog for arrays of processing elements that are optimised in the
//! bit-weight dimension, and proves it bit-exact against a golden model in Verilator.
//!
//! # From a configuration to Verilog
//!
//! ```
//! let design = bitweight::config::load("systolic_os_opt1_int8")?;
//! let package = bitweight::export::Package::new(&design);
//! assert_eq!(package.top, "systolic_os_opt1_int8.v");
//! # Ok::<(), bitweight::config::ConfigError>(())
//! ```
//!
//! # The rooms
//!
//! | module | what it knows |
//! |---|---|
//! | [`config`] | YAML files and presets; errors with file, line, column and help |
//! | [`nest`] | the loop nest as data: transformations, printer, interpreter, cycle count |
//! | [`arith`] | arithmetic as data: encodings, bit heap, compressors, prefix adders, netlists |
//! | [`binary`] | binarized layers: geometry, steps, parameter frames, exact folding of batch norm |
//! | [`design`] | a validated design: derived widths, latency, streams, manifest |
//! | [`rtl`] | Verilog of a design |
//! | [`machine`] | what arrays, layers and blocks are to those that generate, prove and package them |
//! | [`golden`] | what the hardware must compute, from the definition |
//! | [`statistics`] | non-zero digits of operands, and the cycles that they cost |
//! | [`data`] | matrices, tensors and results |
//! | [`vectors`] | operands for tests, and how they are packed into transfers |
//! | [`workload`] | what a run feeds to a design and expects from it: a product, a layer, a block |
//! | [`sim`] | building a simulator, running it, comparing |
//! | [`synth`] | area, delay and energy by Yosys, ABC and OpenSTA |
//! | [`draw`] | plots |
//! | [`export`] | the generated folder: file list, constraints, testbench, manifest |
//! | [`cli`] | the verbs of the command line |
//! | [`tool`], [`output`], [`cache`], [`parallel`] | running other programs; replacing files; what is kept between runs |
//!
//! `nest` and `arith` know nothing of each other, `design` knows both, `rtl` knows `design`;
//! `golden` shares no code with `rtl`.
//!
//! # Glossary
//!
//! - **Accumulator**: the register, or the pair of registers, in which an element adds up products.
//! - **Array**: the elements with the wiring between them, without streams and control.
//! - **Bank**: a part of an operand memory that serves one column per cycle.
//! - **Baugh-Wooley rows**: the partial products of a two's complement multiplication without
//!   recoding, in which the negative ones are complemented and corrected by a constant.
//! - **Beat**: one step of a stream: for output-stationary arrays all operands of one k, or one row
//!   of results. A beat wider than 1024 bits is sent as several transfers.
//! - **Bias**: what a product counts too much when the constant of its signs is left out.
//! - **Bipolar**: -1 or +1 as one bit; as bit planes, odd numbers.
//! - **Bit heap**: bits with their weights, waiting to be added.
//! - **Bit weight** (BW): the power of two, or the digit position, of a partial product; a loop
//!   dimension like M, N and K.
//! - **Booth encoding**: recoding of an operand into half as many digits of -2, -1, 0, 1, 2.
//! - **Canonical signed digits** (non-adjacent form): digits -1, 0, 1, no two neighbours non-zero.
//! - **Carry-propagate adder**: makes one binary word of two; here always a prefix adder.
//! - **Carry-save**: a sum kept as two words whose carries are not resolved.
//! - **Chunk**: the terms of K that the operand memories of an engine hold at a time.
//! - **Column** of a bit-slice engine: the elements that work on one row of A.
//! - **Compressor**: a cell or a tree that reduces several words to fewer of the same sum; a full
//!   adder is a 3:2 compressor.
//! - **Contract**: the meaning of the streams of a top, see [`design::Design::contract`].
//! - **Decoupled** lanes or columns go on by themselves, those in **lockstep** group by group.
//! - **Digit**: one figure of an operand in an encoding, with a fixed bit weight.
//! - **Drain**: reading finished results out of an array.
//! - **Element** (processing element, PE): what works on one result at a time.
//! - **EN-T encoding**: radix-4 digits -1 to 2 of the magnitude, times the sign of the operand.
//! - **Encoder**: turns an operand into digits.
//! - **Group**: digits of one bit weight that a sparse encoder looks at together.
//! - **Golden model**: the definition of the right result, in Rust.
//! - **Histogram** of pairs of terms: how many of each exponent there are, before they are added.
//! - **Horner readout**: planes are added from the top weight down, and the sum so far is shifted by
//!   the width of a digit at every step, so that it is read out once.
//! - **K, M, N**: C\[M,N\] = A\[M,K\] B\[K,N\].
//! - **Lane**: the bits of one value in a transfer; in an engine, what works on one digit per cycle.
//! - **Output-stationary**: results stay in their elements while operands pass by.
//! - **Partial product**: one digit of an operand times the other operand.
//! - **Partial sum**: what a sum is before the terms of a tile are added to it.
//! - **Plane**: all digits of one bit weight.
//! - **Plane skip**: a plane without a digit that is not zero takes no cycle.
//! - **Popcount**: the number of ones in a word.
//! - **Prefix adder**: computes all carries as prefixes of an associative operation.
//! - **Resolve**: add the two words of a carry-save pair.
//! - **Scheduler**: decides which plane a column works on, and when its sums are handed over.
//! - **Shadow pair**: a finished carry-save pair that waits to be read while the next one grows.
//! - **Shadow weights**: those of the next tile, loaded while the present ones are in use.
//! - **Shortcut**: values that are added to a later result, past the layers in between.
//! - **Skew**: the delay that lets row r and column c start r and c cycles later.
//! - **Sparse encoder**: gives the positions of the non-zero digits of a group, one per cycle.
//! - **Sync**: columns wait for each other, at the end of a tile or when the memories are full.
//! - **Tee**: where a value leaves a layer on a stream of its own and goes on within it.
//! - **Term**: of K, one index of a sum; of an operand, one of its signed powers of two.
//! - **Term-serial**: one pair of terms of both operands per lane and cycle (`laconic`).
//! - **Threshold**: what a value must reach for its bit to be 1.
//! - **Tile**: the part of the result that the array computes at a time.
//! - **Transformation**: a rewriting of the loop nest that keeps its result, such as `opt1`.
//! - **Utilisation**: multiply-accumulate operations done, by those that all elements could have
//!   done in the same cycles.
//! - **Weight-stationary**: operands B stay in their elements while A and sums pass by.
//!
//! The loop-nest notation, the transformations and their names follow "Exploring the Performance
//! Improvement of Tensor Processing Engines through Transformation in the Bit-weight Dimension of
//! MACs" (HPCA 2025).

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod arith;
pub mod binary;
pub mod cache;
pub mod cli;
pub mod config;
pub mod data;
pub mod design;
pub mod draw;
pub mod export;
pub mod formal;
pub mod golden;
pub mod machine;
pub mod nest;
pub mod output;
pub mod parallel;
pub mod rtl;
pub mod sim;
pub mod statistics;
pub mod synth;
pub mod tool;
pub mod vectors;
pub mod workload;
