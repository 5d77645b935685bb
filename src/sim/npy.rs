//! NumPy arrays: operands in, results out.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use npyz::{DType, Endianness, Order, TypeChar, WriterBuilder as _};

use super::half::Half;
use crate::arith::Levels;
use crate::arith::format::Format;
use crate::data::{Matrix, Words};
use crate::design::Design;
use crate::output;
use crate::vectors::digits;

/// An array that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {message}\n  help: {help}")]
pub struct NpyError {
    path: PathBuf,
    message: String,
    help: String,
}

impl NpyError {
    fn new(path: &Path, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), help: help.into() }
    }
}

/// Reads a matrix of integers whose elements must fit `format`.
///
/// # Errors
/// [`NpyError`] when the file is missing, truncated, not a little-endian integer array of rank 2,
/// empty, or holds a value outside the format (the first one is named).
pub fn read(path: &Path, format: Format) -> Result<Matrix, NpyError> {
    let (rows, cols, data) = read_matrix(path)?;
    in_format(path, &[rows, cols], &data, format)?;
    let data = data.into_iter().map(|value| value as i64).collect();
    Ok(Matrix { rows, cols, data, format })
}

/// Reads the operands A of a design with `encoder: host` from the words that its stream takes.
///
/// # Errors
/// [`NpyError`] as for [`read`], when the design takes operands as they are, and when a word is not
/// the one of an operand (the first one is named).
pub fn read_digits(path: &Path, design: &Design) -> Result<Matrix, NpyError> {
    let (encoding, format) = (design.multiplier.encoding, design.multiplier.a);
    if !design.host_encodes() {
        return Err(NpyError::new(
            path,
            format!("{} takes operand A as it is", design.name),
            "give it with --a; only designs with `encoder: host` take digits",
        ));
    }
    let (rows, cols, words) = read_matrix(path)?;
    let operand = |(position, &word): (usize, &i128)| {
        let value =
            u128::try_from(word).ok().and_then(|word| digits::value(encoding, format, word));
        value.map(|value| value as i64).ok_or_else(|| {
            let message = format!(
                "the word {word} at index [{}, {}] does not hold the digits of an operand {format} \
                 in encoding {}",
                position / cols,
                position % cols,
                encoding.name()
            );
            NpyError::new(path, message, "make the file with bitweight encode, for this design")
        })
    };
    let data = words.iter().enumerate().map(operand).collect::<Result<_, _>>()?;
    Ok(Matrix { rows, cols, data, format })
}

/// Reads an array of integers of rank 2 that is not empty: rows, columns, elements.
fn read_matrix(path: &Path) -> Result<(usize, usize, Vec<i128>), NpyError> {
    let (shape, data) = read_array(path)?;
    let [rows, cols] = shape[..] else {
        return Err(NpyError::new(
            path,
            format!("the array has rank {} (shape {shape:?}), a matrix has rank 2", shape.len()),
            "reshape it, for example with x.reshape(rows, -1)",
        ));
    };
    if rows == 0 || cols == 0 {
        let help = "M, K and N are at least 1";
        return Err(NpyError::new(
            path,
            format!("the matrix is empty: shape {rows} x {cols}"),
            help,
        ));
    }
    Ok((rows, cols, data))
}

/// Reads a matrix whose elements must be among the levels of an operand.
///
/// # Errors
/// [`NpyError`] as for [`read`], or naming the first element that is no level.
pub fn operand(path: &Path, levels: Levels) -> Result<Matrix, NpyError> {
    let matrix = read(path, levels.value_format())?;
    match matrix.data.iter().position(|&value| levels.code(value).is_none()) {
        None => Ok(matrix),
        Some(index) => Err(NpyError::new(
            path,
            format!(
                "element [{}, {}] is {}, which is not a level of a {levels} operand",
                index / matrix.cols,
                index % matrix.cols,
                matrix.data[index]
            ),
            "a bipolar operand has the odd values from its smallest to its largest, and one bit of \
             it -1 and +1: for an array of bits write 2 * x - 1",
        )),
    }
}

/// Whether all elements of an array fit `format`.
///
/// # Errors
/// [`NpyError`] naming the first one that does not, with its index.
pub fn in_format(
    path: &Path,
    shape: &[usize],
    data: &[i128],
    format: Format,
) -> Result<(), NpyError> {
    let fits = |value: &i128| (format.min()..=format.max()).contains(value);
    let Some(position) = data.iter().position(|value| !fits(value)) else { return Ok(()) };
    let mut index = Vec::new();
    let mut rest = position;
    for &size in shape.iter().rev() {
        index.insert(0, (rest % size).to_string());
        rest /= size;
    }
    Err(NpyError::new(
        path,
        format!(
            "the value {} at index [{}] is outside {format}: {} to {}",
            data[position],
            index.join(", "),
            format.min(),
            format.max()
        ),
        "quantise the array, or choose wider operands",
    ))
}

/// An array whose header has been read: its shape, its element type, its order, the rest.
type Opened = (Vec<usize>, npyz::TypeStr, Order, npyz::NpyFile<BufReader<File>>);

/// Opens an array: its shape, its element type, whether it is in column-major order, and the rest
/// of the file.
fn open(path: &Path, accepted: &str) -> Result<Opened, NpyError> {
    let failed = |error: &io::Error| {
        let help = "give the path of a .npy file, as numpy.save writes it";
        NpyError::new(path, format!("cannot read the array: {error}"), help)
    };
    let file = File::open(path).map_err(|error| failed(&error))?;
    let array = npyz::NpyFile::new(BufReader::new(file)).map_err(|error| failed(&error))?;
    let DType::Plain(dtype) = array.dtype() else {
        return Err(NpyError::new(
            path,
            "the array has structured elements, not integers",
            accepted,
        ));
    };
    if dtype.endianness() == Endianness::Big {
        return Err(NpyError::new(
            path,
            format!("the array is big-endian ({dtype})"),
            "convert it with x.astype(x.dtype.newbyteorder('<'))",
        ));
    }
    let order = array.order();
    let shape: Vec<usize> = array
        .shape()
        .iter()
        .map(|&size| usize::try_from(size))
        .collect::<Result<_, _>>()
        .map_err(|_| NpyError::new(path, "the array is larger than the memory", ""))?;
    Ok((shape, dtype, order, array))
}

/// Checks that the shape describes the data, and brings it into row-major order.
fn ordered<T: Copy>(
    path: &Path,
    shape: Vec<usize>,
    data: Vec<T>,
    order: Order,
) -> Result<(Vec<usize>, Vec<T>), NpyError> {
    let count = shape.iter().try_fold(1usize, |count, &size| count.checked_mul(size));
    if count != Some(data.len()) {
        let help = "the header contradicts itself; write the file again";
        return Err(NpyError::new(path, format!("the shape {shape:?} does not describe it"), help));
    }
    Ok(match order {
        Order::C => (shape, data),
        Order::Fortran => {
            let rows_first = row_major(&shape, &data);
            (shape, rows_first)
        }
    })
}

/// Says that the file ends before its data.
fn truncated(path: &Path, error: &io::Error) -> NpyError {
    let help = "the file is shorter than its header says; write it again";
    NpyError::new(path, format!("the array is truncated: {error}"), help)
}

/// What to do about elements of a type that NumPy does not have itself: a file holds their bits, and
/// not which type they are of.
fn custom(dtype: &npyz::TypeStr, plain: &str) -> Option<String> {
    (dtype.type_char() == TypeChar::RawData).then(|| {
        format!(
            "NumPy saves types of its extensions as raw bytes; save x.astype(numpy.{plain}) instead, \
             or turn the file into one: numpy.save(FILE, numpy.load(FILE).view(ml_dtypes.TYPE)\
             .astype(numpy.{plain})), with TYPE as it was saved, such as int4"
        )
    })
}

/// Reads an array of numbers, of any rank, in row-major order: floats of half, single or double
/// precision, integers and truth values. Each is a double-precision one of the same value.
///
/// # Errors
/// [`NpyError`] when the file is missing, truncated, not a little-endian array of numbers, or holds
/// an integer beyond 2^53 that double precision does not have.
pub fn read_floats(path: &Path) -> Result<(Vec<usize>, Vec<f64>), NpyError> {
    let accepted = "convert it with x.astype(numpy.float32); accepted are float16, float32 and float64, \
                    integers and truth values";
    let (shape, dtype, order, array) = open(path, accepted)?;
    let data: Vec<f64> = match (dtype.type_char(), dtype.size_field()) {
        (TypeChar::Float, 2) => {
            let values = array.into_vec::<Half>().map_err(|error| truncated(path, &error))?;
            values.into_iter().map(Half::value).collect()
        }
        (TypeChar::Float, 4) => {
            let values = array.into_vec::<f32>().map_err(|error| truncated(path, &error))?;
            values.into_iter().map(f64::from).collect()
        }
        (TypeChar::Float, 8) => array.into_vec::<f64>().map_err(|error| truncated(path, &error))?,
        (TypeChar::Int | TypeChar::Uint | TypeChar::Bool, _) => {
            let (shape, data) = read_array(path)?;
            let exact = |value: &i128| (value.unsigned_abs() <= 1 << 53).then_some(*value as f64);
            let data: Option<Vec<f64>> = data.iter().map(exact).collect();
            return data.map(|data| (shape, data)).ok_or_else(|| {
                let message = "the array holds integers beyond 2^53, which no float has exactly";
                NpyError::new(path, message, accepted)
            });
        }
        _ => {
            let message = format!("the array holds elements of type {dtype}, not floats");
            let help = custom(&dtype, "float32").unwrap_or_else(|| accepted.to_owned());
            return Err(NpyError::new(path, message, help));
        }
    };
    ordered(path, shape, data, order)
}

/// Writes an array of int64.
///
/// # Errors
/// The error of the file system; an existing file is then untouched.
pub fn write_integers(path: &Path, shape: &[usize], data: &[i64]) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|&size| size as u64).collect();
    output::replace(path, |file| {
        let options = npyz::WriteOptions::<i64>::new().default_dtype();
        let mut writer = options.shape(&shape).writer(BufWriter::new(file)).begin_nd()?;
        writer.extend(data.iter().copied())?;
        writer.finish()
    })
}

/// What becomes of the floats of a trained network.
const FOLD: &str = "`bitweight fold` turns the weights and the batch norm of a trained network into \
                    bits, thresholds and scales; other arrays: ";

/// Reads an array of integers or truth values, which are 0 and 1, of any rank in row-major order.
///
/// # Errors
/// [`NpyError`] as for [`read`].
pub fn read_array(path: &Path) -> Result<(Vec<usize>, Vec<i128>), NpyError> {
    let accepted = "convert it, for example with x.astype(numpy.int8); accepted are int8, uint8, \
                    int16, uint16, int32, uint32, int64, uint64 and bool";
    let (shape, dtype, order, array) = open(path, accepted)?;
    macro_rules! integers {
        ($($kind:pat, $size:literal => $element:ty),*) => {
            match (dtype.type_char(), dtype.size_field()) {
                (TypeChar::Bool, 1) => {
                    let values = array.into_vec::<bool>().map_err(|error| truncated(path, &error))?;
                    values.into_iter().map(i128::from).collect()
                }
                $(($kind, $size) => {
                    let values =
                        array.into_vec::<$element>().map_err(|error| truncated(path, &error))?;
                    values.into_iter().map(i128::from).collect()
                })*
                _ => {
                    let message = format!("the array holds elements of type {dtype}, not integers");
                    let help = match dtype.type_char() {
                        TypeChar::Float => FOLD.to_owned() + accepted,
                        _ => custom(&dtype, "int8").unwrap_or_else(|| accepted.to_owned()),
                    };
                    return Err(NpyError::new(path, message, help));
                }
            }
        };
    }
    let data: Vec<i128> = integers!(
        TypeChar::Int, 1 => i8, TypeChar::Uint, 1 => u8,
        TypeChar::Int, 2 => i16, TypeChar::Uint, 2 => u16,
        TypeChar::Int, 4 => i32, TypeChar::Uint, 4 => u32,
        TypeChar::Int, 8 => i64, TypeChar::Uint, 8 => u64
    );
    ordered(path, shape, data, order)
}

/// Reorders column-major data.
fn row_major<T: Copy>(shape: &[usize], data: &[T]) -> Vec<T> {
    let mut strides = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for &size in shape {
        strides.push(stride);
        stride *= size;
    }
    let element = |mut index: usize| {
        let mut at = 0;
        for (&size, &stride) in shape.iter().zip(&strides).rev() {
            at += index % size * stride;
            index /= size;
        }
        data[at]
    };
    (0..data.len()).map(element).collect()
}

/// Writes a result matrix: int64 (or uint64) where 64 bits suffice, else with a last axis of
/// uint64 limbs, least significant first, sign-extended to whole limbs.
///
/// # Errors
/// The error of the file system; an existing file is then untouched.
pub fn write(path: &Path, rows: usize, cols: usize, words: &Words, signed: bool) -> io::Result<()> {
    write_tensor(path, &[rows, cols], words, signed)
}

/// Writes a result of any shape, as [`write()`] does for matrices.
///
/// # Errors
/// The error of the file system; an existing file is then untouched.
pub fn write_tensor(path: &Path, sizes: &[usize], words: &Words, signed: bool) -> io::Result<()> {
    let limbs = Words::limbs_of(words.width);
    let spare = limbs * 64 - words.width;
    let extended = |index: usize| {
        let mut limbs = words.get(index).to_vec();
        if let Some(top) = limbs.last_mut()
            && signed
        {
            *top = ((*top as i64) << spare >> spare) as u64;
        }
        limbs
    };
    let elements = (0..sizes.iter().product()).flat_map(extended);
    let mut shape: Vec<u64> = sizes.iter().map(|&size| size as u64).collect();
    if limbs > 1 {
        shape.push(limbs as u64);
    }
    let shape = shape.as_slice();
    output::replace(path, |file| {
        let file = BufWriter::new(file);
        if limbs == 1 && signed {
            let options = npyz::WriteOptions::<i64>::new().default_dtype();
            let mut writer = options.shape(shape).writer(file).begin_nd()?;
            writer.extend(elements.map(|limb| limb as i64))?;
            writer.finish()
        } else {
            let options = npyz::WriteOptions::<u64>::new().default_dtype();
            let mut writer = options.shape(shape).writer(file).begin_nd()?;
            writer.extend(elements)?;
            writer.finish()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(dtype: &str, order: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header =
            format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
        let padding = 64 - (10 + header.len() + 1) % 64;
        let header = format!("{header}{}\n", " ".repeat(padding));
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    fn read_bytes(bytes: &[u8], format: Format) -> Result<Matrix, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path(), format).map_err(|error| error.message)
    }

    #[test]
    fn both_orders_give_the_same_matrix() {
        let format = Format::signed(8);
        let c =
            read_bytes(&bytes("|i1", "False", "(2, 3)", &[1, 2, 3, 4, 5, 255]), format).unwrap();
        let f = read_bytes(&bytes("|i1", "True", "(2, 3)", &[1, 4, 2, 5, 3, 255]), format).unwrap();
        assert_eq!((c.rows, c.cols, c.data.as_slice()), (2, 3, &[1, 2, 3, 4, 5, -1][..]));
        assert_eq!(c, f);
    }

    #[test]
    fn what_is_not_a_matrix_of_integers_is_refused() {
        let int8 = Format::signed(8);
        let message = |dtype: &str, shape: &str, data: &[u8]| {
            read_bytes(&bytes(dtype, "False", shape, data), int8).unwrap_err()
        };
        let cases = [
            (message("<f4", "(1, 1)", &[0; 4]), "type <f4, not integers"),
            (message("<V1", "(1, 1)", &[0]), "not integers"),
            (message(">i2", "(1, 1)", &[0, 1]), "big-endian"),
            (message("|i1", "(4,)", &[0; 4]), "rank 1"),
            (message("|i1", "()", &[0]), "rank 0"),
            (message("|i1", "(0, 3)", &[]), "empty"),
            (message("|i1", "(2, 2)", &[0; 3]), "truncated"),
            (message("<i8", "(1000000, 1000000)", &[0; 9]), "truncated"),
            (message("|u1", "(2, 2)", &[0, 1, 2, 200]), "the value 200 at index [1, 1]"),
            (read_bytes(b"not an array", int8).unwrap_err(), "cannot read the array"),
        ];
        for (message, expected) in cases {
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn results_are_written_at_any_width() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.npy");
        for (width, signed, shape, values) in [
            (5, true, vec![1, 2], vec![-16i128, 15]),
            (5, false, vec![1, 2], vec![0, 31]),
            (64, false, vec![1, 2], vec![0, u64::MAX.into()]),
            // Two limbs each: sign-extended.
            (70, true, vec![1, 2, 2], vec![u64::MAX.into(), u64::MAX.into(), 3, 0]),
        ] {
            let mut words = Words::zeros(width, 2);
            if width == 70 {
                words.set_integer(0, &(-1).into());
                words.set_integer(1, &3.into());
            } else {
                words.set_integer(0, &values[0].into());
                words.set_integer(1, &values[1].into());
            }
            write(&path, 1, 2, &words, signed).unwrap();
            assert_eq!(read_array(&path).unwrap(), (shape, values));
        }
    }
}
