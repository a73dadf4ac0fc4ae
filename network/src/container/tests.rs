use super::*;
use proptest::prelude::*;

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

fn code(header: &str, data: &[u8]) -> String {
    let error = Container::parse(file(header, data)).expect_err("hostile");
    error.code().expect("coded").to_string()
}

fn tensor(name: &str, shape: &str, start: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{start},{end}]}}"#)
}

#[test]
fn a_sound_file_is_read() {
    let header = format!(r#"{{"__metadata__":{{"a":"b"}},{},{}}}"#, tensor("y", "[1]", 4, 8), tensor("x", "[]", 0, 4));
    let container = Container::parse(file(&header, &[1, 2, 3, 4, 5, 6, 7, 8])).expect("sound");
    assert_eq!(container.metadata()["a"], "b");
    assert_eq!(container.bytes(&container.tensors()["y"]), [5, 6, 7, 8]);
    assert!(container.tensors()["x"].shape.is_empty());
}

#[test]
fn hostile_headers_have_an_error_each() {
    let parse = |bytes: &[u8]| Container::parse(bytes.to_vec()).expect_err("hostile").to_string();
    assert!(parse(b"abc").contains("ends after 3 bytes"));
    assert!(parse(&u64::MAX.to_le_bytes()).contains("claims 18446744073709551615 bytes"));
    assert!(parse(&100u64.to_le_bytes()).contains("wanted at most 0 (the rest of the file)"));
    assert_eq!(code("[]", &[]), "hwgen::container::header_json");
    assert_eq!(code("{\"x\":", &[]), "hwgen::container::header_json");
    assert_eq!(code(&"[".repeat(100_000), &[]), "hwgen::container::header_json");
    assert_eq!(
        code(r#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, &[0; 4]),
        "hwgen::container::header_json"
    );
}

#[test]
fn hostile_offsets_have_an_error_each() {
    let one = |shape, start, end, data: &[u8]| code(&format!("{{{}}}", tensor("x", shape, start, end)), data);
    assert_eq!(one("[2]", 0, 8, &[0; 4]), "hwgen::container::offset_range");
    assert_eq!(one("[1]", 4, 0, &[0; 4]), "hwgen::container::offset_range");
    assert_eq!(one("[1]", u64::MAX - 3, u64::MAX, &[0; 4]), "hwgen::container::offset_range");
    assert_eq!(one("[1]", 4, 8, &[0; 8]), "hwgen::container::offset_gap");
    assert_eq!(one("[1]", 0, 4, &[0; 8]), "hwgen::container::trailing");
    assert_eq!(one("[2]", 0, 4, &[0; 4]), "hwgen::container::size");
    assert_eq!(one("[4294967296,4294967296,4294967296]", 0, 4, &[0; 4]), "hwgen::container::size");
    let overlap = format!("{{{},{}}}", tensor("x", "[2]", 0, 8), tensor("y", "[2]", 4, 12));
    assert_eq!(code(&overlap, &[0; 12]), "hwgen::container::offset_gap");
    let twice = format!("{{{},{}}}", tensor("x", "[1]", 0, 4), tensor("x", "[1]", 4, 8));
    assert_eq!(code(&twice, &[0; 8]), "hwgen::container::header_json");
}

proptest! {
    /// No bytes make the reader panic, and what it accepts can be sliced.
    #[test]
    fn any_bytes_are_an_answer(header in "[\\{\\}\\[\\]\":,a-z0-9_]{0,200}", data in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(container) = Container::parse(file(&header, &data)) {
            for tensor in container.tensors().values() {
                let _ = container.bytes(tensor);
            }
        }
    }

    /// A bit flipped anywhere is an answer too.
    #[test]
    fn any_flipped_bit_is_an_answer(position in 0usize..200, bit in 0u32..8) {
        let header = format!("{{{},{}}}", tensor("x", "[2]", 0, 8), tensor("y", "[1]", 8, 12));
        let mut bytes = file(&header, &[0; 12]);
        let position = position % bytes.len();
        bytes[position] ^= 1 << bit;
        if let Ok(container) = Container::parse(bytes) {
            for tensor in container.tensors().values() {
                let _ = container.bytes(tensor);
            }
        }
    }
}
