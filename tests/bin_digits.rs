//! A binarized network on real data through the generated hardware, and the same by command line.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn example() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its program");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/TEST");
    let program = profile.join("examples/bin_digits");
    assert!(program.is_file(), "{} is missing; cargo build --examples makes it", program.display());
    program
}

#[test]
fn handwritten_digits_are_recognised() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = Command::new(example()).env("CARGO_TARGET_DIR", folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{text}\n{}", String::from_utf8_lossy(&run.stderr));
    for line in [
        "acc1  184064 values, equal to the stored ones",
        "h     184064 values, equal to the stored ones",
        "acc2  7190 values, equal to the stored ones",
        "accuracy  663 of 719 images, 92.21 %",
    ] {
        assert!(text.contains(line), "`{line}` is missing in\n{text}");
    }
}

fn bitweight() -> Command {
    Command::cargo_bin("bitweight").expect("the program under test")
}

/// The output layer by command line: bits in, weights as outputs x inputs, scores out. The stored
/// weights are inputs x outputs, which is refused with the remedy.
#[test]
fn the_command_line_takes_arrays() {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bin_digits");
    let out = folder.path().join("y.npy");
    let sim = |w: &Path| {
        bitweight()
            .args(["sim", &data.join("output.yaml").to_string_lossy(), "--json"])
            .arg("--x")
            .arg(data.join("data/h.npy"))
            .arg("--w")
            .arg(w)
            .arg("--out")
            .arg(&out)
            .output()
            .unwrap()
    };
    let stored = data.join("data/w2.npy");
    let refused = sim(&stored);
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && message.contains("save x.T"), "{message}");
    let (shape, weights) = bitweight::sim::npy::read_array(&stored).unwrap();
    let turned: Vec<i64> = (0..shape[1])
        .flat_map(|output| weights.iter().skip(output).step_by(shape[1]))
        .map(|&weight| weight as i64)
        .collect();
    let transposed = folder.path().join("w.npy");
    bitweight::sim::npy::write_integers(&transposed, &[shape[1], shape[0]], &turned).unwrap();
    let run = sim(&transposed);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["passed"], true);
    assert_eq!(report["cycles"], report["expected_cycles"]);
    let read = |path: &Path| bitweight::sim::npy::read_array(path).unwrap();
    assert_eq!(read(&out), read(&data.join("data/acc2.npy")));
}

/// `fold` on a batch norm whose thresholds can be read off.
#[test]
fn batch_norms_are_folded() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, values: &[f32]| {
        let header =
            format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", values.len());
        let padding = 64 - (10 + header.len() + 1) % 64;
        let header = format!("{header}{}\n", " ".repeat(padding));
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_string_lossy().into_owned()
    };
    // z = gamma (d - mean) / 2 + beta
    let bn = [
        write("gamma.npy", &[1.0, -1.0, 0.0, 1.0, 1e-30]),
        write("beta.npy", &[0.0, 0.0, -1.0, 0.5, 1.0]),
        write("mean.npy", &[2.5, 2.5, 0.0, 1.0, 0.0]),
        write("var.npy", &[4.0; 5]),
    ];
    let out = folder.path().join("out");
    let run = bitweight()
        .args(["fold", "--bn", &bn.join(","), "--eps", "0", "--fan-in", "9", "--json", "-o"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["inverted"], 1);
    assert_eq!(report["constant_channels"], serde_json::json!([2]));
    assert_eq!(report["clamped_thresholds"], serde_json::json!([4]));
    let read = |name: &str| bitweight::sim::npy::read_array(&out.join(name)).unwrap().1;
    assert_eq!(read("threshold.npy"), [3, 3, 10, 0, -9]);
    assert_eq!(read("invert.npy"), [0, 1, 0, 0, 0]);
}
