//! Binarized attention as in binarized BERT.

use crate::data::Tensor;

/// `context[i, c] = sum over j of p[i, j] * v[j, c]` with `p[i, j] = 1` where the scaled score
/// `q_i . k_j` is above zero and key j is not masked, else 0: neither softmax nor division. `q` is
/// \[samples, 1, queries, 1, head\], `k` and `v` \[samples, 1, keys, 1, head\], all -1 or +1;
/// `masked` holds a flag per sample and key. The scale of the scores is positive and does not
/// change their sign.
/// Source: the attention of the BERT in BiBench (ICML 2023).
///
/// # Panics
/// If the shapes do not fit each other.
#[must_use]
pub fn attention(q: &Tensor, k: &Tensor, v: &Tensor, masked: &[bool]) -> Tensor {
    let [samples, _, queries, _, head] = q.shape;
    let keys = k.shape[2];
    assert_eq!(k.shape, [samples, 1, keys, 1, head], "keys");
    assert_eq!(v.shape[..4], [samples, 1, keys, 1], "values");
    assert_eq!(masked.len(), samples * keys, "mask");
    Tensor::from_fn([samples, 1, queries, 1, v.channels()], |[n, _, i, _, c]| {
        let attends = |j: usize| {
            let score: i64 = (0..head).map(|e| q.at([n, 0, i, 0, e]) * k.at([n, 0, j, 0, e])).sum();
            score > 0 && !masked[n * keys + j]
        };
        (0..keys).filter(|&j| attends(j)).map(|j| v.at([n, 0, j, 0, c])).sum()
    })
}
