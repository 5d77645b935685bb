//! The names of the modules of layers and blocks, and which names of layers they leave free.
//!
//! All modules of a layer begin with its name, and those of a block, its layers among them, with the
//! name of the block. So a layer may not be called like a module of the block, nor like another layer
//! and one of its modules: they would overwrite each other.

use super::parameters::LayerError;

/// What follows the name of a layer in the names of its modules.
pub const LAYER_MODULES: &[&str] = &[
    "dot",
    "element",
    "input",
    "lane",
    "loader",
    "quantizer",
    "resolve",
    "sequence",
    "shared",
    "window",
];

/// What follows the name of a layer in the names of the counters of its dot product, in front of a
/// number.
const COUNTERS: &str = "dot_counter";

/// What follows the name of a block in the names of its own modules, in front of a number.
pub const BLOCK_MODULES: &[&str] =
    &["adapt_r", "adapt_x", "fifo_r", "fifo_x", "fork", "pool_r", "repeat_r"];

/// What follows the name of a design in that of its testbench.
pub const TESTBENCH: &str = "tb";

/// How the names of what gives a stream to several layers begin, within the top of a block.
const FORK: &str = "fork_";

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

/// Whether a module of a layer, which is not its top, ends like this.
#[must_use]
pub fn is_of_layer(suffix: &str) -> bool {
    LAYER_MODULES.contains(&suffix) || suffix.strip_prefix(COUNTERS).is_some_and(is_number)
}

/// Whether a module of a block, which is not one of its layers, ends like this.
#[must_use]
pub fn is_of_block(suffix: &str) -> bool {
    suffix == TESTBENCH
        || BLOCK_MODULES.iter().any(|own| suffix.strip_prefix(own).is_some_and(is_number))
}

/// The names of the modules of a layer, whether it has all of them or not.
fn modules(layer: &str) -> impl Iterator<Item = String> {
    let own = LAYER_MODULES.iter().map(move |suffix| format!("{layer}_{suffix}"));
    std::iter::once(layer.to_owned()).chain(own)
}

/// Refuses a name of a layer whose modules would have the names of others: modules of the block, or
/// of the layers `before` it.
pub(super) fn check(index: usize, name: &str, before: &[&str]) -> Result<(), LayerError> {
    let fail = |message: String, help: String| {
        Err(LayerError::new(format!("block.{index}.name"), message, help))
    };
    if before.contains(&name) {
        return fail(
            format!("two layers are called `{name}`"),
            "give each layer a name of its own".to_owned(),
        );
    }
    if name.starts_with(FORK) {
        return fail(
            format!("the layer `{name}` is called like a part of the block"),
            format!("choose a name that does not begin with `{FORK}`"),
        );
    }
    if let Some(taken) = modules(name).find(|module| is_of_block(module)) {
        return fail(
            format!("the layer `{name}` would have the module `..{taken}`, and so has the block"),
            format!(
                "choose another name; the block's own modules end with {}, each followed by a number, \
                 and {TESTBENCH}",
                BLOCK_MODULES.join(", ")
            ),
        );
    }
    // A layer whose name is that of a counter of another one.
    let counter = |layer: &str, counted: &str| {
        let suffix = layer.strip_prefix(counted).and_then(|rest| rest.strip_prefix('_'));
        suffix.is_some_and(is_of_layer).then(|| layer.to_owned())
    };
    for other in before {
        let shared = modules(other).find(|module| modules(name).any(|own| own == *module));
        if let Some(both) = shared.or(counter(name, other)).or(counter(other, name)) {
            let shorter = if name.len() < other.len() { name } else { *other };
            return fail(
                format!("the layers `{other}` and `{name}` would both have the module `..{both}`"),
                format!(
                    "give one of them another name; beside `{shorter}`, avoid `{shorter}_` with {}",
                    LAYER_MODULES.join(", ")
                ),
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_overwrite_each_other_are_refused() {
        let refused = |name: &str, before: &[&str]| check(1, name, before).is_err();
        for suffix in LAYER_MODULES {
            let long = format!("c0_{suffix}");
            assert!(refused(&long, &["c0"]) && refused("c0", &[&long]), "{suffix}");
        }
        for name in ["fork2", "fork8", "adapt_x1", "adapt_r0", "fifo_x1", "fifo_r0", "pool_r1"] {
            assert!(refused(name, &[]), "{name}");
        }
        assert!(refused("repeat_r1", &[]) && refused("tb", &[]) && refused("c0", &["c0"]));
        assert!(refused("fork_start", &[]));
        assert!(refused("c0_dot_counter3", &["c0"]) && refused("c0", &["c0_dot_counter12"]));
        for name in [
            "c0_2",
            "lane",
            "fork",
            "forked2",
            "fifo",
            "pool_r",
            "c0_laned",
            "tb_2",
            "c0_dot_counter",
        ] {
            assert!(!refused(name, &["c0"]), "{name}");
        }
    }
}
