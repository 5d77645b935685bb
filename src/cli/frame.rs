//! `bitweight frame`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::layer_files::Reader;
use super::simulate_layer::describe;
use super::{Outcome, report};
use crate::binary::Layer;
use crate::binary::frame::SectionKind;
use crate::config::{self, Described};
use crate::data::Words;
use crate::output;
use crate::sim::npy;
use crate::vectors::pack;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file of a binarized layer, or of a block of them with --layer
    design: String,
    /// Name of the layer within a block
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Weights, as `sim` takes them; w.npy in the folder of --params when absent
    #[arg(long, value_name = "W.npy")]
    w: Option<PathBuf>,
    /// Tables of the steps, as `sim` takes them; of a block the folder that has one for each layer
    #[arg(long, value_name = "DIR")]
    params: Option<PathBuf>,
    /// Where the frame goes: .hex (a transfer a line) or .npy (uint64; limbs, lowest first, in a
    /// second axis where a transfer is wider than 64 bits)
    #[arg(short, long, value_name = "FRAME")]
    output: PathBuf,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let (layer, folder) = self.subject()?;
        let beside = folder.as_ref().map(|folder| folder.join("w.npy"));
        let Some(w) = self.w.clone().or(beside) else {
            bail!("there are no weights\n  help: give them with --w, or as w.npy in --params");
        };
        let mut reader = Reader::default();
        let values = reader.layer_values(&layer, &w, folder.as_deref())?;
        let values = layer.check_values(&values).map_err(|error| describe(&error))?;
        let (stream, bytes) = (layer.stream_p(), layer.parameter_frame(&values).bytes);
        self.write(&layer, &bytes)
            .with_context(|| format!("cannot write the frame to {}", self.output.display()))?;
        let transfers = bytes.len() / pack::stride(&stream);
        let bits = stream.data_width();
        if self.json {
            report::print_json(&json!({
                "design": layer.name(),
                "transfers": transfers,
                "bits": bits,
                "notes": reader.notes,
                "out": self.output,
            }))?;
            return Ok(Outcome::Good);
        }
        let mut text = format!(
            "{transfers} transfers of {bits} bits for {} of {}, in {}\n",
            stream.name,
            layer.name(),
            self.output.display()
        );
        for section in layer.sections() {
            let what = match section.kind {
                SectionKind::Weights => "weights".to_owned(),
                SectionKind::Input => "thresholds of the input stage".to_owned(),
                SectionKind::Channels(step) | SectionKind::Positions(step) => {
                    format!("step {step}, {}", layer.steps()[step].step.name())
                }
            };
            let count = section.depth * section.lanes;
            text += &format!("  {count:8} records of {:4} bits  {what}\n", section.width);
        }
        for note in &reader.notes {
            text += &format!("  note: {note}\n");
        }
        report::print_text(&text)?;
        Ok(Outcome::Good)
    }

    /// The layer, and the folder of its tables.
    fn subject(&self) -> anyhow::Result<(Layer, Option<PathBuf>)> {
        match (config::describe(&self.design)?, &self.layer) {
            (Described::Layer(layer), None) => Ok((*layer, self.params.clone())),
            (Described::Layer(layer), Some(_)) => {
                bail!("{} is a layer\n  help: leave --layer out", layer.name())
            }
            (Described::Block(block), name) => {
                let names = block.parameters().layers.iter().map(|(own, _)| own.name.as_str());
                let names: Vec<&str> = names.collect();
                let index = name.as_deref().and_then(|name| names.iter().position(|n| *n == name));
                let Some(index) = index else {
                    bail!(
                        "each layer of {} has a frame of its own\n  help: choose one with --layer: {}",
                        block.name(),
                        names.join(", ")
                    );
                };
                let folder = self.params.as_ref().map(|folder| folder.join(names[index]));
                Ok((block.layers()[index].clone(), folder))
            }
            (Described::Array(design), _) => bail!(
                "{} is an array, which has no parameters\n  help: give a binarized layer, such as \
                 bnn_linear",
                design.name
            ),
        }
    }

    fn write(&self, layer: &Layer, bytes: &[u8]) -> std::io::Result<()> {
        let stream = layer.stream_p();
        match self.output.extension().and_then(|extension| extension.to_str()) {
            Some("npy") => {
                let transfers: Vec<&[u8]> = bytes.chunks_exact(pack::stride(&stream)).collect();
                let mut words = Words::zeros(stream.data_width(), transfers.len());
                for (index, transfer) in transfers.iter().enumerate() {
                    let number = num_bigint::BigUint::from_bytes_le(transfer);
                    words.set_integer(index, &number.into());
                }
                npy::write_tensor(&self.output, &[transfers.len()], &words, false)
            }
            Some("hex" | "mem") => output::replace(&self.output, |file| {
                file.write_all((pack::hex_lines(&stream, bytes).join("\n") + "\n").as_bytes())
            }),
            _ => Err(std::io::Error::other(format!(
                "the name {} ends neither in .hex nor in .npy, which tells the format",
                Path::new(&self.output).display()
            ))),
        }
    }
}
