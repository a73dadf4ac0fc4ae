//! A talk with a board: hello, registers, frames.
//!
//! Owns: who says what when, credits, timeouts. Leaves alone: bytes of records, files.

use super::error::LinkError;
use super::record::{Decoder, FromBoard, Greeting, ToBoard, Unreadable};
use hwgen_network::{RgbImage, Size};
use hwgen_registers::{self as register, status};
use serial2::SerialPort;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Version of the records that is spoken here.
const PROTOCOL: u8 = 1;
/// A read from the port returns after this time at the latest.
const POLL: Duration = Duration::from_millis(50);
/// Hellos before a board is given up.
const HELLOS: u8 = 3;
/// Opens a serial port for [`Link::open`].
pub fn open(path: &Path, baud: u32) -> Result<SerialPort, LinkError> {
    let failed = |source| LinkError::Port { path: path.to_owned(), baud, source };
    let mut port = SerialPort::open(path, baud).map_err(failed)?;
    port.set_read_timeout(POLL).map_err(failed)?;
    port.discard_input_buffer().map_err(failed)?;
    Ok(port)
}

/// A board at the other end of `port`.
pub struct Link<P> {
    port: P,
    path: PathBuf,
    timeout: Duration,
    decoder: Decoder,
    credits: u32,
    maps: Vec<Map>,
    event: bool,
    size: Size,
}

/// A map as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The output.
    pub output: u8,
    /// A class for each pixel.
    pub classes: Vec<u8>,
}

/// What a frame gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// Maps in the order in which they came.
    pub maps: Vec<Map>,
    /// Cycles from the first pixel to the last class word, the waiting for the line included.
    pub cycles: u32,
    /// Of these, cycles in which a class word waited for the line.
    pub stalls: u32,
    /// Confidence of the last output.
    pub confidence: u32,
}

impl<P: Read + Write> Link<P> {
    /// Resets the board and hears what it is. Reads from `port` have to return now and then (`TimedOut`).
    pub fn open(port: P, path: PathBuf, timeout: Duration) -> Result<Self, LinkError> {
        let size = Size { width: 0, height: 0 };
        let decoder = Decoder::default();
        let mut link = Self { port, path, timeout, decoder, credits: 0, maps: Vec::new(), event: false, size };
        let greeting = link.hello()?;
        if greeting.protocol != PROTOCOL {
            return Err(LinkError::Protocol { got: greeting.protocol });
        }
        link.size = Size { width: greeting.width.into(), height: greeting.height.into() };
        link.credits = greeting.rows.into();
        link.wants(register::ID, register::ID_VALUE, "the mark of an hwgen core")?;
        link.write(register::INT_ENABLE, status::SIZE_ERROR | status::FRAME_DONE)?;
        Ok(link)
    }

    /// Size of the core's images.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Says hello until it is answered; whatever else comes is of an earlier talk.
    fn hello(&mut self) -> Result<Greeting, LinkError> {
        const AWAITED: &str = "the answer to a hello";
        let first = std::process::id() as u8;
        let mut last = None;
        for nonce in (0..HELLOS).map(|attempt| first.wrapping_add(attempt)) {
            // An END of its own closes whatever was cut short before.
            self.send(&[0xC0], AWAITED)?;
            self.send(&ToBoard::Hello(nonce).bytes(), AWAITED)?;
            let end = Instant::now() + self.timeout / u32::from(HELLOS);
            loop {
                match self.record(end, AWAITED) {
                    Ok(Ok(FromBoard::Hello(greeting))) if greeting.nonce == nonce => return Ok(greeting),
                    Ok(_) => {}
                    Err(error @ LinkError::Timeout { .. }) => {
                        last = Some(error);
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Err(last.expect("every hello without an answer ends in a timeout"))
    }

    /// Reads a register.
    pub fn read(&mut self, address: u8) -> Result<u32, LinkError> {
        self.access(&ToBoard::Read(address), address)
    }

    /// Writes a register.
    pub fn write(&mut self, address: u8, value: u32) -> Result<(), LinkError> {
        self.access(&ToBoard::Write(address, value), address).map(|_| ())
    }

    /// Refuses a core whose register reads otherwise.
    pub fn wants(&mut self, address: u8, wanted: u32, what: &'static str) -> Result<(), LinkError> {
        let got = self.read(address)?;
        if got == wanted { Ok(()) } else { Err(LinkError::OtherCore { address, got, wanted, what }) }
    }

    fn access(&mut self, record: &ToBoard<'_>, register: u8) -> Result<u32, LinkError> {
        let awaited = format!("the answer of register {register:#04x}");
        self.send(&record.bytes(), &awaited)?;
        loop {
            match self.heard(&awaited)? {
                Some(FromBoard::Register { address, known: true, value }) if address == register => return Ok(value),
                Some(FromBoard::Register { .. }) => return Err(LinkError::Unknown { kind: 0x82, awaited }),
                _ => {}
            }
        }
    }

    /// Sends an image and hears its maps. `tick` is told of the rows sent and the maps begun.
    pub fn play(&mut self, image: &RgbImage, tick: &mut dyn FnMut(usize, usize)) -> Result<Played, LinkError> {
        let row_bytes = 3 * self.size.width as usize;
        let mut rows = image.pixels().chunks_exact(row_bytes).zip(0u16..).peekable();
        let mut sent = 0;
        self.maps.clear();
        self.event = false;
        while !(self.event && rows.peek().is_none()) {
            while self.credits > 0 {
                let Some((pixels, number)) = rows.next() else { break };
                self.send(&ToBoard::Row(number, pixels).bytes(), &format!("room for row {number}"))?;
                self.credits -= 1;
                sent += 1;
            }
            tick(sent, self.maps.len());
            let awaited = match (rows.peek(), self.maps.last()) {
                (Some((_, number)), _) => format!("room for row {number}"),
                (None, None) => "the first map".to_owned(),
                (None, Some(map)) => {
                    let row = map.classes.len() / self.size.width.max(1) as usize;
                    format!("row {row} of output {}, or the end of the frame", map.output)
                }
            };
            self.heard(&awaited)?;
        }
        self.finish()
    }

    /// The frame's counters, after its last map.
    fn finish(&mut self) -> Result<Played, LinkError> {
        let status = self.read(register::STATUS)?;
        self.write(register::STATUS, status)?;
        if status & status::SIZE_ERROR != 0 {
            return Err(LinkError::Frame);
        }
        let (cycles, stalls) = (self.read(register::CYCLES)?, self.read(register::STALLS)?);
        let confidence = self.read(register::CONFIDENCE)?;
        let maps = std::mem::take(&mut self.maps);
        let height = self.size.height as u16;
        match maps.iter().find(|map| map.classes.len() != self.size.pixels()) {
            Some(map) => {
                let row = (map.classes.len() / self.size.width.max(1) as usize) as u16;
                let (got, wanted) = ("nothing of it".to_owned(), format!("{height} rows"));
                Err(LinkError::Map { output: map.output, row, got, wanted })
            }
            None => Ok(Played { maps, cycles, stalls, confidence }),
        }
    }

    /// Waits for a record. Credits, maps and events are kept; what answers a question is handed on.
    fn heard(&mut self, awaited: &str) -> Result<Option<FromBoard>, LinkError> {
        let owned = || awaited.to_owned();
        match self.record(Instant::now() + self.timeout, awaited)? {
            Ok(FromBoard::Credit(count)) => self.credits += u32::from(count),
            Ok(FromBoard::Event) => self.event = true,
            Ok(FromBoard::MapRow { output, row, classes }) => self.map_row(output, row, &classes)?,
            Ok(FromBoard::Refused(why)) => return Err(LinkError::Refused { why, awaited: owned() }),
            Ok(answer) => return Ok(Some(answer)),
            Err(Unreadable::Damaged) => return Err(LinkError::Damaged { awaited: owned() }),
            Err(Unreadable::Unknown(kind)) => return Err(LinkError::Unknown { kind, awaited: owned() }),
        }
        Ok(None)
    }

    fn map_row(&mut self, output: u8, row: u16, classes: &[u8]) -> Result<(), LinkError> {
        let width = self.size.width as usize;
        if row == 0 {
            self.maps.push(Map { output, classes: Vec::with_capacity(self.size.pixels()) });
        }
        let wrong = |got: String, wanted: String| LinkError::Map { output, row, got, wanted };
        let Some(map) = self.maps.last_mut() else {
            return Err(wrong("came first".to_owned(), "row 0".to_owned()));
        };
        let next = map.classes.len() / width.max(1);
        if map.output != output || next != usize::from(row) || next >= self.size.height as usize {
            return Err(wrong("came".to_owned(), format!("row {next} of output {}", map.output)));
        }
        if classes.len() != width {
            return Err(wrong(format!("{} classes", classes.len()), width.to_string()));
        }
        map.classes.extend(classes);
        Ok(())
    }

    fn send(&mut self, bytes: &[u8], awaited: &str) -> Result<(), LinkError> {
        let (path, awaited) = (self.path.clone(), awaited.to_owned());
        self.port.write_all(bytes).map_err(|source| LinkError::Broken { path, awaited, source })
    }

    /// The next record, if it comes before `end`.
    fn record(&mut self, end: Instant, awaited: &str) -> Result<Result<FromBoard, Unreadable>, LinkError> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(record) = self.decoder.next_record() {
                return Ok(record);
            }
            let source = match self.port.read(&mut bytes) {
                Ok(0) => std::io::Error::from(ErrorKind::UnexpectedEof),
                Ok(count) => {
                    self.decoder.push(&bytes[..count]);
                    continue;
                }
                Err(source) => source,
            };
            if !matches!(source.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted) {
                return Err(LinkError::Broken { path: self.path.clone(), awaited: awaited.to_owned(), source });
            }
            if Instant::now() >= end {
                let seconds = self.timeout.as_secs_f64();
                return Err(LinkError::Timeout { seconds, awaited: awaited.to_owned() });
            }
        }
    }
}
