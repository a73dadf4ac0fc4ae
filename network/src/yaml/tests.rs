use super::*;
use std::fmt::Write as _;

fn parse(text: &str) -> Document {
    Document::parse("test.yaml", text).expect("YAML")
}

fn word(text: &str, path: &str) -> Option<(usize, String)> {
    let span = locate(text, path)?;
    let line = text[..span.offset()].matches('\n').count();
    Some((line, text[span.offset()..span.offset() + span.len()].to_owned()))
}

#[test]
fn keys_are_found_in_blocks_and_on_lines() {
    let text = "# width: 3\nimage:\n  width: 5\n\n  height: 6\nwidth: 7\nbits: {stem: 8, data: 4}\nheight: 1\n";
    assert_eq!(word(text, "width"), Some((5, "width".to_owned())));
    assert_eq!(word(text, "image.height"), Some((4, "height".to_owned())));
    assert_eq!(word(text, "bits.data"), Some((6, "data".to_owned())));
    assert_eq!(word(text, "height"), Some((7, "height".to_owned())));
    assert_eq!(word(text, "bits.width"), None);
}

#[test]
fn what_is_not_taken_is_unknown_all_at_once() {
    let mut document = parse("width: 5\nheigth: 6\nbits:\n  stem: 8\n  sten: 4\n3: x\n");
    assert_eq!(document.take::<u32>("width"), Some(5));
    assert_eq!(document.take::<u32>("height"), None);
    assert_eq!(document.take::<u32>("bits.stem"), Some(8));
    let YamlError::Fields { problems, .. } = document.finish().expect_err("unknown fields") else { panic!() };
    let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(messages, ["unknown field `heigth`", "unknown field `bits.sten`", "unknown field ``3``"]);
    assert!(matches!(&problems[0], FieldProblem::Unknown { known, .. } if known == "width, height, bits"));
    assert!(matches!(&problems[1], FieldProblem::Unknown { known, span: Some(_), .. } if known == "stem"));
}

#[test]
fn wrong_types_name_field_and_value() {
    let mut document = parse("width: five\nscales: -1\nbits: 4\n");
    assert_eq!(document.take::<u32>("width"), None);
    assert_eq!(document.take::<u32>("scales"), None);
    assert_eq!(document.take::<u32>("bits.stem"), None);
    let YamlError::Fields { problems, .. } = document.finish().expect_err("wrong") else { panic!() };
    let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(messages[0].starts_with("field `width`: invalid type: string \"five\""), "{}", messages[0]);
    assert!(messages[1].starts_with("field `scales`: invalid value: integer `-1`"), "{}", messages[1]);
    assert_eq!(messages[2], "field `bits`: got `4`, wanted a mapping with some of stem");
}

#[test]
fn broken_files_are_errors() {
    for text in ["a: b: c", "- 1", "[", "a: 1\na: 2", "\t", "a: *b", "\"\u{0}"] {
        assert!(Document::parse("x", text).is_err(), "{text:?}");
    }
    assert!(parse("").finish().is_ok());
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let nine = vec![format!("*a{}", i - 1); 9].join(", ");
        writeln!(text, "a{i}: &a{i} [{nine}]").expect("strings grow");
    }
    assert!(Document::parse("x", &text).is_err());
}

#[test]
fn a_field_twice_is_labelled_where_it_comes_again() {
    let text = "width: 8\nclasses: 3\n\"width\" : 9\n";
    let Err(YamlError::Twice { field, span, .. }) = Document::parse("net.yaml", text) else { panic!("twice") };
    assert_eq!((field.as_str(), span), ("width", Some((21, 5).into())));
}

#[test]
fn a_number_for_a_section_says_what_the_section_has() {
    let mut document = Document::parse("net.yaml", "bits: 4\n").expect("YAML");
    let _: Option<u32> = document.take("bits.stem");
    let Err(YamlError::Fields { problems, .. }) = document.finish() else { panic!("no section") };
    assert_eq!(problems[0].to_string(), "field `bits`: got `4`, wanted a mapping with some of stem");
}
