//! No key is accepted that changes nothing: a user who wrote it would believe that it does.

use std::collections::BTreeMap;

use bitweight::config;
use bitweight::design::{Design, Element, Topology, refusal};
use bitweight::rtl;

/// Keys of arrays with all their values, or some where there are many.
const KEYS: &[(&str, &[&str])] = &[
    (
        "encoding",
        &["baugh_wooley", "bit_pairs", "booth", "ent", "csd", "csd_radix4", "sign_magnitude"],
    ),
    ("compressor", &["timed", "wallace", "dadda", "counters"]),
    ("final_adder", &["ripple", "brent_kung", "sklansky", "kogge_stone", "han_carlson"]),
    ("product_register", &["true", "false"]),
    ("input_registers", &["true", "false"]),
    ("pipeline", &["0", "1", "2"]),
    ("partial_sums", &["true", "false"]),
    ("encoder", &["pe", "edge", "host"]),
    ("sign_correction", &["pe", "readout"]),
    ("target", &["asic", "fpga"]),
    ("carry_save", &["{every: 1}", "{every: 3}", "{every: 7}"]),
    ("reset", &["none", "sync", "async"]),
    ("lanes", &["2", "3", "4"]),
    ("tile_k", &["16", "64", "128"]),
];

/// Keys of the map `bit_slice`.
const OF_ENGINES: &[(&str, &[&str])] = &[
    ("lanes", &["1", "2", "4"]),
    ("group", &["2", "4", "8"]),
    ("tile_k", &["64", "128"]),
    ("policy", &["lockstep", "decoupled"]),
    ("skip_empty", &["true", "false"]),
    ("sync", &["tile", "elastic"]),
    ("readout", &["horner", "per_plane"]),
    ("b_memory", &["banked", "replicated"]),
];

fn yaml(topology: Topology, element: Element, inner: &str, outer: &str) -> String {
    let sides = match topology {
        Topology::SystolicOs => "rows: 2, cols: 2",
        Topology::Cube | Topology::Matrix2d => "rows: 2, cols: 2, depth: 2",
        Topology::SystolicWs | Topology::AdderTree => "depth: 2, cols: 2",
        Topology::BitSlice => "columns: 2, elements: 2",
    };
    let operand = match element {
        Element::Xnor => "{width: 1, format: bipolar}",
        _ => "{width: 8}",
    };
    format!(
        "array: {{{}: {{{sides}{inner}}}}}\nelement: {element}\noperands: {{a: {operand}, b: \
         {operand}}}\naccumulator: {{k_max: 256}}\n{outer}",
        topology.name()
    )
}

/// The Verilog of a design without comments, which name the configuration.
fn verilog(design: &Design) -> String {
    let lines = |text: String| {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.map(|line| line.split("//").next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    rtl::modules(design)
        .into_iter()
        .flat_map(|module| lines(module.text))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_accepted_key_of_an_array_has_an_effect() {
    let mut idle = Vec::new();
    for &topology in Topology::ALL {
        for &element in Element::ALL {
            if refusal(topology, element).is_some() {
                continue;
            }
            let engine = topology == Topology::BitSlice;
            let inner = OF_ENGINES.iter().filter(|_| engine).map(|key| (key, true));
            for (&(key, values), inner) in inner.chain(KEYS.iter().map(|key| (key, false))) {
                let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for value in values {
                    let text = match inner {
                        true => yaml(topology, element, &format!(", {key}: {value}"), ""),
                        false => yaml(topology, element, "", &format!("{key}: {value}\n")),
                    };
                    if let Ok(design) = config::parse(&text, "mine.yaml", "mine") {
                        found.entry(verilog(&design)).or_default().push(value);
                    }
                }
                let accepted: usize = found.values().map(Vec::len).sum();
                if found.len() == 1 && accepted > 1 {
                    idle.push(format!(
                        "{} {element}: `{key}` is the same for {:?}",
                        topology.name(),
                        found.values().next().unwrap()
                    ));
                }
            }
        }
    }
    assert!(idle.is_empty(), "keys without effect:\n{}", idle.join("\n"));
}
