//! Elements of IP-XACT's namespace, indented.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// A document that is being written. Memory takes every write.
pub struct Xml(Writer<Vec<u8>>);

/// Bytes of a document: its root with attributes, and what `content` puts into it.
pub fn document(root: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Xml)) -> Vec<u8> {
    let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    xml.with(root, attributes, content);
    let mut bytes = xml.0.into_inner();
    bytes.push(b'\n');
    bytes
}

impl Xml {
    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("a vector takes every byte");
    }

    /// An element with attributes.
    pub fn with(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Self)) {
        let name = format!("ipxact:{name}");
        self.event(Event::Start(BytesStart::new(&name).with_attributes(attributes.iter().copied())));
        content(self);
        self.event(Event::End(BytesEnd::new(&name)));
    }

    /// An element without attributes.
    pub fn inside(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.with(name, &[], content);
    }

    /// An element with nothing in it.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let name = format!("ipxact:{name}");
        self.event(Event::Empty(BytesStart::new(&name).with_attributes(attributes.iter().copied())));
    }

    /// Text.
    pub fn content(&mut self, text: &str) {
        // quotes are only special in attributes
        self.event(Event::Text(BytesText::from_escaped(partial_escape(text))));
    }

    /// An element of text.
    pub fn text(&mut self, name: &str, text: impl AsRef<str>) {
        self.inside(name, |x| x.content(text.as_ref()));
    }
}
