//! Bits into text: memory words and packed parameter vectors.

/// A word under construction, lowest bits first.
#[derive(Default)]
pub struct Word {
    bits: Vec<bool>,
}

impl Word {
    /// Appends the low `width` bits of a two's complement value.
    pub fn push(&mut self, value: i64, width: usize) {
        self.bits.extend((0..width).map(|bit| (value >> bit.min(63)) & 1 == 1));
    }

    /// Appends `width` bits: those of `word`, then zeros.
    pub fn append(&mut self, word: Option<&Word>, width: usize) {
        let end = self.bits.len() + width;
        self.bits.extend(word.into_iter().flat_map(|word| &word.bits));
        self.bits.resize(end, false);
    }

    /// The bits, from the lowest on.
    pub fn bits(&self) -> &[bool] {
        &self.bits
    }

    /// Hexadecimal text, highest digit first.
    pub fn hex(&self) -> String {
        self.bits
            .chunks(4)
            .rev()
            .map(|digit| {
                let value = digit.iter().enumerate().fold(0, |sum, (bit, &set)| sum | u32::from(set) << bit);
                char::from_digit(value, 16).expect("a digit has four bits")
            })
            .collect()
    }
}

/// A Verilog concatenation whose element 0 is in the lowest bits; wrapped at 100 columns.
pub fn vector(values: impl IntoIterator<Item = i64>, width: usize) -> String {
    let mask = if width >= 64 { u64::MAX } else { (1 << width) - 1 };
    let mut items: Vec<String> = values.into_iter().map(|value| format!("{width}'d{}", value as u64 & mask)).collect();
    items.reverse();
    let mut text = String::from("{");
    let mut column = 0;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
            if column + item.len() > 84 {
                text.push_str("\n      ");
                column = 0;
            } else {
                text.push(' ');
            }
        }
        text.push_str(item);
        column += item.len() + 2;
    }
    text.push('}');
    text
}
