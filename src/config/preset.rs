//! The designs that come with the tool: one YAML file each in `src/presets`.

/// A design that comes with the tool.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Name, that of the file.
    pub name: &'static str,
    /// Text of the file.
    pub yaml: &'static str,
}

/// All presets by name. The build script lists the files of `src/presets`.
pub const PRESETS: &[Preset] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// All presets of binarized layers by name. The build script lists the files of
/// `src/presets/binary`.
pub const LAYER_PRESETS: &[Preset] = include!(concat!(env!("OUT_DIR"), "/layer_presets.rs"));

/// All presets of blocks of binarized layers by name.
pub const BLOCK_PRESETS: &[Preset] = include!(concat!(env!("OUT_DIR"), "/block_presets.rs"));
