//! The records of the serial link (docs/boards.md): bytes to records and back.
//!
//! Owns: SLIP framing (RFC 1055), checksums, the layout of each record. Leaves alone: what is said when.

use std::collections::VecDeque;

const END: u8 = 0xC0;
const ESC: u8 = 0xDB;
const ESC_END: u8 = 0xDC;
const ESC_ESC: u8 = 0xDD;
/// Bytes of a record's checksum.
const CHECKSUM: usize = 4;

/// What the host says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToBoard<'a> {
    /// Reset the core and the link; the answer repeats the byte.
    Hello(u8),
    /// Read a register.
    Read(u8),
    /// Write a register.
    Write(u8, u32),
    /// A row of an image: its number and R, G, B of each pixel.
    Row(u16, &'a [u8]),
}

impl ToBoard<'_> {
    /// The bytes on the line.
    pub fn bytes(&self) -> Vec<u8> {
        let mut record = Vec::new();
        match *self {
            Self::Hello(nonce) => record.extend([0x01, nonce]),
            Self::Read(address) => record.extend([0x02, address]),
            Self::Write(address, value) => {
                record.extend([0x03, address]);
                record.extend(value.to_le_bytes());
            }
            Self::Row(number, pixels) => {
                record.push(0x04);
                record.extend(number.to_le_bytes());
                record.extend(pixels);
            }
        }
        framed(record)
    }
}

/// Adds the checksum and frames it.
fn framed(mut record: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&record);
    record.extend(checksum.to_le_bytes());
    let mut bytes = Vec::with_capacity(record.len() + 8);
    for byte in record {
        match byte {
            END => bytes.extend([ESC, ESC_END]),
            ESC => bytes.extend([ESC, ESC_ESC]),
            plain => bytes.push(plain),
        }
    }
    bytes.push(END);
    bytes
}

/// What the board says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromBoard {
    /// The answer to a hello.
    Hello(Greeting),
    /// A register was read or written.
    Register {
        /// Its address.
        address: u8,
        /// Whether the core knows it.
        known: bool,
        /// Its value.
        value: u32,
    },
    /// So many more rows may be sent.
    Credit(u8),
    /// A row of a map.
    MapRow {
        /// The output.
        output: u8,
        /// Its number.
        row: u16,
        /// A class for each pixel.
        classes: Vec<u8>,
    },
    /// A record was not taken.
    Refused(Refusal),
    /// The core's interrupt was raised.
    Event,
}

/// What a board is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The byte of the hello.
    pub nonce: u8,
    /// Version of these records.
    pub protocol: u8,
    /// Rows that may be sent ahead.
    pub rows: u8,
    /// Width of the images.
    pub width: u16,
    /// Their height.
    pub height: u16,
    /// Iterations.
    pub iterations: u8,
}

/// Why a record was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its checksum was wrong.
    Damaged,
    /// Its kind or its length is unknown.
    Unknown,
    /// There was no place for it.
    NoRoom,
}

/// A record that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The checksum or the framing is wrong.
    Damaged,
    /// The checksum is right, but the kind or the length is unknown.
    Unknown(u8),
}

impl FromBoard {
    fn read(record: &[u8]) -> Result<Self, Unreadable> {
        let (kind, rest) = record.split_first().ok_or(Unreadable::Damaged)?;
        let word = |low: u8, high: u8| u16::from_le_bytes([low, high]);
        Ok(match (*kind, rest) {
            (0x81, &[nonce, protocol, rows, w0, w1, h0, h1, iterations]) => {
                let (width, height) = (word(w0, w1), word(h0, h1));
                Self::Hello(Greeting { nonce, protocol, rows, width, height, iterations })
            }
            (0x82, &[address, response, a, b, c, d]) => {
                Self::Register { address, known: response == 0, value: u32::from_le_bytes([a, b, c, d]) }
            }
            (0x83, &[count]) => Self::Credit(count),
            (0x84, [output, low, high, runs @ ..]) => {
                Self::MapRow { output: *output, row: word(*low, *high), classes: expanded(runs) }
            }
            (0x85, [1]) => Self::Refused(Refusal::Damaged),
            (0x85, [2]) => Self::Refused(Refusal::Unknown),
            (0x85, [3]) => Self::Refused(Refusal::NoRoom),
            (0x86, []) => Self::Event,
            (kind, _) => return Err(Unreadable::Unknown(kind)),
        })
    }
}

/// Undoes the run-length code: a class that comes twice is followed by how often it follows yet.
fn expanded(runs: &[u8]) -> Vec<u8> {
    let mut classes = Vec::new();
    let mut bytes = runs.iter().copied();
    let mut before = None;
    while let Some(class) = bytes.next() {
        classes.push(class);
        if before == Some(class) {
            let more = bytes.next().unwrap_or(0);
            classes.extend(std::iter::repeat_n(class, usize::from(more)));
            before = None;
        } else {
            before = Some(class);
        }
    }
    classes
}

/// Takes records out of a stream of bytes.
#[derive(Debug, Default)]
pub struct Decoder {
    record: Vec<u8>,
    escaped: bool,
    spoilt: bool,
    whole: VecDeque<Result<FromBoard, Unreadable>>,
}

impl Decoder {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match (byte, std::mem::take(&mut self.escaped)) {
                (END, escaped) => self.end(escaped),
                (ESC, false) => self.escaped = true,
                (plain, false) => self.record.push(plain),
                (ESC_END, true) => self.record.push(END),
                (ESC_ESC, true) => self.record.push(ESC),
                (_, true) => self.spoilt = true,
            }
        }
    }

    fn end(&mut self, escaped: bool) {
        let record = std::mem::take(&mut self.record);
        let spoilt = std::mem::take(&mut self.spoilt) || escaped;
        if record.is_empty() && !spoilt {
            return;
        }
        let checked = record.split_last_chunk::<CHECKSUM>();
        let good = checked.filter(|(text, checksum)| !spoilt && crc32fast::hash(text).to_le_bytes() == **checksum);
        self.whole.push_back(good.map_or(Err(Unreadable::Damaged), |(text, _)| FromBoard::read(text)));
    }

    /// The next record that is whole.
    pub fn next_record(&mut self) -> Option<Result<FromBoard, Unreadable>> {
        self.whole.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Vec<Result<FromBoard, Unreadable>> {
        let mut decoder = Decoder::default();
        decoder.push(bytes);
        std::iter::from_fn(|| decoder.next_record()).collect()
    }

    #[test]
    fn records_survive_the_framing() {
        let record = [0x84, END, ESC, 0, 7, END, 2, 2, 3, ESC];
        let row = FromBoard::MapRow { output: END, row: 0x00DB, classes: vec![7, END, 2, 2, 2, 2, 2, ESC] };
        let bytes = [framed(record.to_vec()), framed(vec![0x86])].concat();
        assert_eq!(decoded(&bytes), [Ok(row), Ok(FromBoard::Event)]);
    }

    #[test]
    fn what_was_damaged_is_no_record() {
        let good = framed(vec![0x83, 2]);
        for place in 0..good.len() - 1 {
            let mut bytes = good.clone();
            bytes[place] ^= 1;
            bytes.extend(&good);
            assert_eq!(decoded(&bytes), [Err(Unreadable::Damaged), Ok(FromBoard::Credit(2))]);
        }
        assert_eq!(decoded(&[END, END, 1, 2, END]), [Err(Unreadable::Damaged)]);
        assert_eq!(decoded(&framed(vec![0x99])), [Err(Unreadable::Unknown(0x99))]);
    }

    #[test]
    fn a_row_is_sent_as_documented() {
        let bytes = ToBoard::Row(0x0102, &[0xC0, 1, 2]).bytes();
        assert_eq!(bytes[..8], [0x04, 0x02, 0x01, ESC, ESC_END, 1, 2, crc32fast::hash(&[4, 2, 1, 0xC0, 1, 2]) as u8]);
        assert_eq!(ToBoard::Hello(9).bytes()[..2], [1, 9]);
    }
}
