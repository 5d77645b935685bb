//! Packing: lanes of any width into the bytes of a transfer, and back.

use crate::data::Words;
use crate::design::Stream;

/// Writes the low `width` bits of `value` at bit `offset` of `bytes`, which are zero there.
fn put_bits(bytes: &mut [u8], offset: usize, width: usize, value: u64) {
    let mut done = 0;
    while done < width {
        let (byte, shift) = ((offset + done) / 8, (offset + done) % 8);
        let count = (8 - shift).min(width - done);
        let bits = (value >> done) as u8 & (0xff >> (8 - count));
        bytes[byte] |= bits << shift;
        done += count;
    }
}

/// Reads `width` bits (at most 64) at bit `offset`.
fn get_bits(bytes: &[u8], offset: usize, width: usize) -> u64 {
    let mut value = 0;
    let mut done = 0;
    while done < width {
        let (byte, shift) = ((offset + done) / 8, (offset + done) % 8);
        let count = (8 - shift).min(width - done);
        let bits = bytes[byte] >> shift & (0xff >> (8 - count));
        value |= u64::from(bits) << done;
        done += count;
    }
    value
}

/// Bytes of a transfer as the driver takes them: the data, and one byte for `tlast`.
#[must_use]
pub fn stride(stream: &Stream) -> usize {
    stream.data_width() / 8 + usize::from(stream.has_last)
}

/// Transfers as hexadecimal digits, the lowest last, each a line as `$readmemh` takes it; `tlast`,
/// where the stream has it, is one digit in front of them.
#[must_use]
pub fn hex_lines(stream: &Stream, bytes: &[u8]) -> Vec<String> {
    let line = |transfer: &[u8]| {
        let digits: String = transfer.iter().rev().map(|byte| format!("{byte:02x}")).collect();
        // The byte that holds only tlast becomes one digit.
        digits[usize::from(stream.has_last)..].to_owned()
    };
    bytes.chunks_exact(stride(stream)).map(line).collect()
}

/// The beats of a step: beat k holds the limbs `lane(i, k)` in lane i; `tlast`, where the stream
/// has it, is set in the last transfer.
#[must_use]
pub fn pack<L: AsRef<[u64]>>(
    stream: &Stream,
    beats: usize,
    lane: impl Fn(usize, usize) -> L,
) -> Vec<u8> {
    let stride = stride(stream);
    let mut bytes = vec![0; beats * stream.transfers_per_beat * stride];
    for (number, transfer) in bytes.chunks_exact_mut(stride).enumerate() {
        let (beat, part) = (number / stream.transfers_per_beat, number % stream.transfers_per_beat);
        for index in 0..stream.lanes_per_transfer {
            let lane_index = part * stream.lanes_per_transfer + index;
            if lane_index < stream.lanes {
                for (limb, &value) in lane(lane_index, beat).as_ref().iter().enumerate() {
                    let width = (stream.lane_width - 64 * limb).min(64);
                    put_bits(transfer, index * stream.lane_width + 64 * limb, width, value);
                }
            }
        }
        let end = beat + 1 == beats && part + 1 == stream.transfers_per_beat;
        if stream.has_last && end {
            transfer[stride - 1] = 1;
        }
    }
    bytes
}

/// One transfer of results that has these words in its lanes.
#[must_use]
pub fn pack_transfer(stream: &Stream, words: &Words, last: bool) -> Vec<u8> {
    let single = Stream { transfers_per_beat: 1, lanes: words.len(), ..*stream };
    let mut bytes = pack(&single, 1, |lane, _| words.get(lane).to_vec());
    if stream.has_last
        && let Some(mark) = bytes.last_mut()
    {
        *mark = u8::from(last);
    }
    bytes
}

/// The lanes of one transfer of results; lanes beyond the beat's last are left out. `part` is the
/// number of the transfer in its beat.
#[must_use]
pub fn unpack(stream: &Stream, part: usize, data: &[u8]) -> Words {
    let first = part * stream.lanes_per_transfer;
    let count = stream.lanes_per_transfer.min(stream.lanes - first);
    let mut words = Words::zeros(stream.lane_width, count);
    let limbs = Words::limbs_of(stream.lane_width);
    let mut value = vec![0; limbs];
    for index in 0..count {
        for (limb, slot) in value.iter_mut().enumerate() {
            let width = (stream.lane_width - 64 * limb).min(64);
            *slot = get_bits(data, index * stream.lane_width + 64 * limb, width);
        }
        words.set(index, &value);
    }
    words
}

/// Whether a transfer of results is zero beside its lanes, as the contract of [`Stream`] says.
#[must_use]
pub fn padding_is_zero(stream: &Stream, part: usize, data: &[u8]) -> bool {
    let first = part * stream.lanes_per_transfer;
    let used = stream.lanes_per_transfer.min(stream.lanes - first) * stream.lane_width;
    let partial = data.get(used / 8).is_none_or(|byte| byte >> (used % 8) == 0);
    partial && data.iter().skip(used / 8 + 1).all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_put_is_got(width in 1usize..=64, offset in 0usize..40, value in any::<u64>()) {
            let mut bytes = vec![0; 16];
            put_bits(&mut bytes, offset, width, value);
            prop_assert_eq!(get_bits(&bytes, offset, width), value & (u64::MAX >> (64 - width)));
            let outside: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
            let inside = (value & (u64::MAX >> (64 - width))).count_ones();
            prop_assert_eq!(outside, inside, "nothing is written beside the field");
        }
    }
}
