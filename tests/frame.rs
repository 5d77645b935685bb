//! The parameter frame as a user writes it, from the formulas in `docs/binarized.md`, and as
//! `bitweight frame`, the testbench and the simulation write it.

mod terminal;

use std::fs;

use bitweight::binary::Layer;
use bitweight::config;
use bitweight::workload::random_tiles;
use num_bigint::{BigInt, BigUint};
use terminal::{bitweight, folder, succeeds};

/// A layer with steps; kernel 3 x 3 of 5 channels in words of 2, 3 outputs in lanes of 2.
fn layer(extra: &str, steps: &str) -> Layer {
    let text = format!(
        "layer: {{conv2d: {{input: 4, channels: 5, outputs: 3, kernel: 3}}}}\nfolding: {{simd: 2, \
         lanes: 2}}\n{extra}epilogue: [{steps}]\n"
    );
    config::parse_layer(&text, "mine.yaml", "mine").unwrap_or_else(|error| panic!("{error}"))
}

/// `values` of so many bits each, the first one lowest.
fn record(values: &[(i64, usize)]) -> BigUint {
    let mut record = BigUint::ZERO;
    for &(value, width) in values.iter().rev() {
        let modulus = BigInt::from(1) << width;
        let low = ((BigInt::from(value) % &modulus) + &modulus) % &modulus;
        record = (record << width) | low.to_biguint().unwrap();
    }
    record
}

/// What the documentation says of each step: widths of the values of a channel, in order.
/// `K` = 45 terms, sums from -45 to 45: 7 bits.
const STEPS: &[(&str, &str, &[usize])] = &[
    ("", "threshold: {}", &[7, 1]),
    ("", "threshold: {compare: greater}", &[7, 1]),
    ("", "clamp: {low: -9, high: 9}}, {threshold: {compare: greater}", &[5, 1]),
    ("", "multi_threshold: {bits: 2}", &[7, 7, 7]),
    ("", "bias: {width: 5}", &[5]),
    ("", "scale: {shift: 4, width: 9}", &[16, 24]),
    ("", "prelu: {shift: 4, width: 9}", &[16]),
    ("", "rprelu: {shift: 4, width: 9}", &[9, 16, 9]),
    ("", "residual: {residual: 8, width: 9}", &[]),
    ("", "tee: {}", &[]),
    ("", "avgpool: {window: 2}", &[]),
    ("", "scale: {per: position, shift: 4, width: 9}", &[]),
    ("input: {width: 6}\n", "threshold: {}", &[7, 1]),
    ("input: {width: 6, compare: greater}\n", "scale: {per: magnitude, shift: 4, width: 9}", &[]),
];

#[test]
fn frames_are_as_the_documentation_says() {
    for &(extra, steps, widths) in STEPS {
        let layer = layer(extra, &format!("{{{steps}}}"));
        let (tile, terms) = (&random_tiles(&layer, &[1], 3)[0], 45);
        let values = layer.check_values(&tile.values).unwrap();
        let mut expected = Vec::new();
        // 2 vectors of 2 lanes; 9 taps of 3 words, of which the last one has one channel.
        for vector in 0..2 {
            for tap in 0..9 {
                for word in 0..3 {
                    for lane in 0..2 {
                        let output = 2 * vector + lane;
                        let code = |index: usize| match 2 * word + index {
                            channel if channel < 5 => {
                                let weight = values.weights.data[(output * 9 + tap) * 5 + channel];
                                (i64::from(weight > 0), 1)
                            }
                            _ => (1, 1),
                        };
                        let own = || record(&[code(0), code(1)]);
                        expected.push(if output < 3 { own() } else { BigUint::ZERO });
                    }
                }
            }
        }
        let above = |strict: bool| i64::from(strict);
        if !extra.is_empty() {
            // One threshold a channel of an input of 6 bits: 7 bits.
            let strict = extra.contains("greater");
            expected.extend((0..6).map(|channel| match channel {
                5 => BigUint::ZERO,
                _ => record(&[(values.input[channel] + above(strict), 7)]),
            }));
        }
        let leading = steps.starts_with("threshold");
        let strict = steps.contains("greater");
        let tables = values.steps.last().unwrap();
        for output in 0..if widths.is_empty() { 0 } else { 4 } {
            let mut own = Vec::new();
            let counts = if steps.starts_with("multi") { vec![3] } else { vec![1; tables.len()] };
            for (table, count) in tables.iter().zip(counts) {
                for index in 0..count {
                    own.push(table.get(output * count + index).copied().unwrap_or(0));
                }
            }
            if steps.contains("threshold: {") && !steps.starts_with("multi") {
                own[0] += above(strict);
            }
            if leading {
                own[0] = (-terms - own[0]).div_euclid(2);
            }
            let pairs: Vec<(i64, usize)> = own.into_iter().zip(widths.iter().copied()).collect();
            expected.push(if output < 3 { record(&pairs) } else { BigUint::ZERO });
        }
        if steps.contains("per: position") {
            expected.extend(tables[0].iter().map(|&scale| record(&[(scale, 16)])));
        }
        assert_eq!(layer.frame(&values), expected, "{extra}{steps}");
    }
}

/// With padding of zeros and a lone channel a sum is not halved; with other operands nothing is left
/// out of it.
#[test]
fn a_leading_threshold_starts_the_accumulator() {
    let start = |text: &str| {
        let layer = config::parse_layer(text, "mine.yaml", "mine").unwrap();
        (layer.halved(), layer.start(3))
    };
    let conv = "layer: {conv1d: {input: 6, channels: 5, outputs: 2, kernel: 3, padding: 1}}\n\
                epilogue: [{threshold: {}}]\n";
    assert_eq!(start(&format!("{conv}folding: {{simd: 5, lanes: 1}}")), (false, -15 - 3));
    let linear = "layer: {linear: {inputs: 6, outputs: 2}}\nfolding: {simd: 3, lanes: 1}\n\
                  epilogue: [{threshold: {}}]\n";
    assert_eq!(start(linear), (true, -5));
    assert_eq!(start(&format!("{linear}activations: ternary\n")), (false, -3));
}

/// A NumPy file of int64.
fn npy(path: &std::path::Path, shape: &str, data: &[i64]) {
    let header = format!("{{'descr': '<i8', 'fortran_order': False, 'shape': {shape}, }}");
    let padding = 63 - (10 + header.len()) % 64;
    let header = format!("{header}{}\n", " ".repeat(padding));
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    data.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    fs::write(path, bytes).unwrap();
}

#[test]
fn the_verb_writes_the_frame_in_both_formats() {
    let work = folder();
    let text = "name: mine\nlayer: {linear: {inputs: 4, outputs: 2}}\nfolding: {simd: 4, lanes: 2}\n\
                epilogue: [{threshold: {}}]\n";
    let place = |name: &str| work.path().join(name);
    fs::write(place("mine.yaml"), text).unwrap();
    npy(&place("w.npy"), "(2, 4)", &[1, -1, -1, 1, -1, -1, 1, 1]);
    npy(&place("threshold.npy"), "(2,)", &[0, 3]);
    npy(&place("invert.npy"), "(1,)", &[1]);
    let frame = |out: &str| {
        let arguments = ["frame", "mine.yaml", "--w", "w.npy", "--params", ".", "-o", out];
        succeeds(bitweight(work.path()).args(arguments))
    };
    let said = frame("f.hex");
    assert!(said.starts_with("4 transfers of 8 bits for s_axis_p of mine"), "{said}");
    // Weights, then floor((-4 - t) / 2) of 4 bits with `invert` above it.
    let start = |t: i64| ((-4 - t).div_euclid(2) & 15 | 16) as u8;
    let expected = [0b1001, 0b1100, start(0), start(3)];
    let lines: Vec<String> = expected.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(fs::read_to_string(place("f.hex")).unwrap().lines().collect::<Vec<_>>(), lines);
    frame("f.npy");
    let bytes = fs::read(place("f.npy")).unwrap();
    let words: Vec<u8> = bytes[bytes.len() - 32..].chunks(8).map(|word| word[0]).collect();
    assert_eq!(words, expected);
}
