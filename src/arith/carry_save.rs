//! Carry-save accumulation: which columns of the accumulator store a carry, and the datapaths that
//! follow from it.
//!
//! Full carry-save, as published, keeps two bits in every column. Most of the carries are not worth
//! their register: above the product the accumulator only counts, and in the low columns few
//! partial products meet, so that a carry can ripple on while the tall columns in the middle are
//! still being compressed.

use super::adder::{self, Topology};
use super::compress::{self, CarrySave, Columns, CompressorStrategy};
use super::datapath::{add_kept, in_stages};
use super::delay;
use super::gates::Place;
use super::heap::BitHeap;
use super::multiplier::Multiplier;
use super::netlist::{Bit, Netlist, Role};

/// Share of the slowest column's time within which a column must settle whose carry is not stored.
/// The rest is left for sizing and for what the delay model does not see. Measured on INT8 in an
/// open 45 nm library: smaller shares cost registers, larger ones make more paths critical than
/// they save.
const PATIENCE: (u32, u32) = (3, 4);

/// Which carries of the accumulator are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarryStorage {
    /// As few as leave the slowest path alone.
    Slack,
    /// Those of every n-th column; 1 is the published form.
    Every(usize),
}

/// What is added to a carry-save accumulator in a beat.
pub trait Terms {
    /// The terms as a heap of `width` columns; declares the input words that they are made of.
    fn heap(&self, netlist: &mut Netlist, width: usize) -> BitHeap;

    /// Placement of the compressors.
    fn compressor(&self) -> &dyn CompressorStrategy;

    /// Arrival of the accumulated words relative to the input words, see [`delay`].
    fn feedback(&self) -> u32 {
        delay::REGISTER
    }
}

impl Terms for Multiplier {
    fn heap(&self, netlist: &mut Netlist, width: usize) -> BitHeap {
        Multiplier::heap(self, netlist, width)
    }

    fn compressor(&self) -> &dyn CompressorStrategy {
        self.compressor
    }

    fn feedback(&self) -> u32 {
        self.feedback
    }
}

/// Where the pair of words comes from to which a product is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    /// From the element's own registers; dropped in the first beat of a tile.
    Back,
    /// From the neighbour.
    Neighbour,
}

impl Feed {
    /// Adds the input word `name` to the heap; bit i stands in column `columns[i]`.
    pub(super) fn add(
        self,
        netlist: &mut Netlist,
        heap: &mut BitHeap,
        (name, arrival): (&str, u32),
        columns: &[usize],
    ) {
        match self {
            Self::Back => add_kept(netlist, heap, (name, arrival), columns),
            Self::Neighbour => {
                let bits = netlist.input(name, columns.len(), arrival);
                columns.iter().zip(bits).for_each(|(&column, bit)| heap.add(column, bit));
            }
        }
    }
}

/// Which columns of a carry-save accumulator store a carry beside their sum bit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarryLayout {
    columns: Vec<usize>,
}

impl CarryLayout {
    /// A layout with these columns, ascending.
    pub(super) fn new(columns: Vec<usize>) -> Self {
        Self { columns }
    }

    /// Columns that store a carry, ascending.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// Number of stored carries.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The stored carries at their columns of a word of `width` bits, zeros elsewhere.
    pub(super) fn expand(&self, stored: &[Bit], width: usize) -> Vec<Bit> {
        let mut word = vec![Bit::Zero; width];
        for (&column, &bit) in self.columns.iter().zip(stored) {
            word[column] = bit;
        }
        word
    }
}

/// `sum' + carry' = (keep ? sum + carry : 0) + a * b` modulo 2^width: the carry-save accumulation
/// of `opt1`. The words are fed back as they come out. A column that stores no carry ripples it
/// into the next one.
/// Source: the half-compress accumulation of arXiv 2503.06342, section on OPT1.
///
/// # Panics
/// If the carries of every 0th column are asked for.
#[must_use]
pub fn multiply_compress(
    terms: &impl Terms,
    width: usize,
    storage: CarryStorage,
) -> (Netlist, CarryLayout) {
    compress_product(terms, width, storage, Feed::Back)
}

/// [`multiply_compress`] for a pair that comes from `feed`.
pub(super) fn compress_product(
    terms: &impl Terms,
    width: usize,
    storage: CarryStorage,
    feed: Feed,
) -> (Netlist, CarryLayout) {
    let every = match storage {
        CarryStorage::Slack => 1,
        CarryStorage::Every(columns) => columns,
    };
    let stored = (1..width).filter(|column| column.is_multiple_of(every)).collect();
    let heap = |netlist: &mut Netlist, carries: &[usize]| {
        let mut heap = terms.heap(netlist, width);
        let columns: Vec<usize> = (0..width).collect();
        feed.add(netlist, &mut heap, ("sum", terms.feedback()), &columns);
        if !carries.is_empty() {
            feed.add(netlist, &mut heap, ("carry", terms.feedback()), carries);
        }
        heap
    };
    let (compressor, feedback) = (terms.compressor(), terms.feedback());
    let source = Source { heap: &heap, compressor, width, feedback };
    let (netlist, layout) = source.shrink(CarryLayout { columns: stored });
    match storage {
        CarryStorage::Slack => source.fewest(netlist, layout),
        CarryStorage::Every(_) => (netlist, layout),
    }
}

/// [`multiply_compress`], cut into `stages + 1` netlists at balanced depths, see [`super::stages`].
#[must_use]
pub fn multiply_compress_in_stages(
    multiplier: &Multiplier,
    width: usize,
    storage: CarryStorage,
    stages: usize,
) -> (Vec<Netlist>, CarryLayout) {
    in_stages(multiplier, stages, |multiplier| multiply_compress(multiplier, width, storage))
}

/// A carry-save accumulation of any terms: `heap` puts what is added into a bit heap, with the words
/// `sum` and `carry` that are fed back; it is told the columns of the carries. Stores as few
/// carries as leave the slowest path alone.
pub(super) fn accumulate(
    heap: &dyn Fn(&mut Netlist, &[usize]) -> BitHeap,
    compressor: &dyn CompressorStrategy,
    width: usize,
) -> (Netlist, CarryLayout) {
    let source = Source { heap, compressor, width, feedback: delay::REGISTER };
    let (netlist, layout) = source.shrink(CarryLayout { columns: (1..width).collect() });
    source.fewest(netlist, layout)
}

/// What is accumulated.
struct Source<'a> {
    heap: &'a dyn Fn(&mut Netlist, &[usize]) -> BitHeap,
    compressor: &'a dyn CompressorStrategy,
    width: usize,
    /// When the words that are fed back arrive.
    feedback: u32,
}

impl Source<'_> {
    /// A column that ends up with one bit stores no carry, which may spare its neighbour one too:
    /// shrinks the layout until it is its own image.
    fn shrink(&self, mut layout: CarryLayout) -> (Netlist, CarryLayout) {
        loop {
            let (netlist, image) = self.compress_with(&layout);
            if image == layout {
                return (netlist, layout);
            }
            debug_assert!(image.columns.iter().all(|column| layout.columns.contains(column)));
            layout = image;
        }
    }

    /// Gives carries up, from the top column down, wherever no column then settles later than it
    /// may.
    fn fewest(&self, mut netlist: Netlist, mut layout: CarryLayout) -> (Netlist, CarryLayout) {
        let full = settling(&netlist, &layout, self.width);
        let slowest = full.iter().copied().max().unwrap_or(0);
        let waited = self.feedback.min(slowest);
        let patience = waited + (slowest - waited) * PATIENCE.0 / PATIENCE.1;
        for column in layout.columns.clone().into_iter().rev() {
            let mut fewer = layout.clone();
            fewer.columns.retain(|&other| other != column);
            let (candidate, image) = self.shrink(fewer);
            let times = settling(&candidate, &image, self.width);
            if times.iter().zip(&full).all(|(&time, &before)| time <= before.max(patience)) {
                (netlist, layout) = (candidate, image);
            }
        }
        (netlist, layout)
    }

    fn compress_with(&self, layout: &CarryLayout) -> (Netlist, CarryLayout) {
        let width = self.width;
        let mut netlist = Netlist::new();
        let heap = (self.heap)(&mut netlist, &layout.columns);
        let mut limits = vec![1; width];
        layout.columns.iter().for_each(|&column| limits[column] = 2);
        let CarrySave { sum, carry } =
            compress::carry_save(&mut netlist, heap, self.compressor, &limits);
        let kept = |column: &usize| carry[*column] != Bit::Zero;
        let image = CarryLayout { columns: (0..width).filter(kept).collect() };
        netlist.output("sum", sum);
        if image.width() > 0 {
            let stored = image.columns.iter().map(|&column| carry[column]).collect();
            netlist.output("carry", stored);
        }
        (netlist.pruned(), image)
    }
}

/// When the bits of each column are there.
fn settling(netlist: &Netlist, layout: &CarryLayout, width: usize) -> Vec<u32> {
    let mut times = vec![0; width];
    for word in netlist.outputs() {
        for (index, &bit) in word.bits.iter().enumerate() {
            let column = if word.name == "carry" { layout.columns[index] } else { index };
            times[column] = times[column].max(netlist.arrival(bit));
        }
    }
    times
}

/// `sum = sum + carry` modulo 2^width: the carry-propagate adder that resolves a carry-save pair.
#[must_use]
pub fn resolve(width: usize, layout: &CarryLayout, topology: Topology) -> Netlist {
    resolve_biased((width, width), layout, topology)
}

/// `sum = sum + carry + correction * 2^shift` modulo 2^width: [`resolve`] where sums are biased, see
/// [`Multiplier::bias`]. The input `carry`, of the columns of the layout, is left out where that is
/// empty, and `correction` where no column is left for it.
///
/// # Panics
/// If `shift` is above `width`.
#[must_use]
pub fn resolve_biased(
    (width, shift): (usize, usize),
    layout: &CarryLayout,
    topology: Topology,
) -> Netlist {
    let mut netlist = Netlist::new();
    let sum = netlist.input("sum", width, delay::REGISTER);
    let mut columns: Columns = sum.into_iter().map(|bit| vec![bit]).collect();
    if layout.width() > 0 {
        let stored = netlist.input("carry", layout.width(), delay::REGISTER);
        layout.columns().iter().zip(stored).for_each(|(&column, bit)| columns[column].push(bit));
    }
    if shift < width {
        let correction = netlist.input("correction", width - shift, delay::REGISTER);
        columns[shift..].iter_mut().zip(correction).for_each(|(bits, bit)| bits.push(bit));
    }
    let CarrySave { sum, carry } = CarrySave::of(&two_rows(&mut netlist, &columns));
    let resolved = adder::add(&mut netlist, topology, &sum, &carry);
    netlist.output("sum", resolved);
    netlist.pruned()
}

/// Columns of at most three bits as columns of at most two: one stage of adders side by side, from
/// the lowest column of three on. Compressors one after the other would let a carry ripple.
fn two_rows(netlist: &mut Netlist, columns: &Columns) -> Columns {
    let lowest = columns.iter().position(|bits| bits.len() > 2).unwrap_or(columns.len());
    let mut rows = columns[..lowest].to_vec();
    rows.resize(columns.len(), Vec::new());
    for (column, bits) in columns.iter().enumerate().skip(lowest) {
        let [a, b, c] = [0, 1, 2].map(|index| bits.get(index).copied().unwrap_or(Bit::Zero));
        let (sum, carry) = netlist.full_adder(Place::new(Role::Compressor, column), a, b, c);
        rows[column].push(sum);
        if let Some(above) = rows.get_mut(column + 1) {
            above.push(carry);
        }
    }
    rows
}
