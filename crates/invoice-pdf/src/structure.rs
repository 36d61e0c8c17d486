//! The document as a screen reader sees it: headings, paragraphs, a table with rows and cells.
//!
//! Parts are made in reading order; marks on the pages then point to the part they belong to.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// Points to a part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartId(usize);

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartKind {
    Title,
    Heading,
    Paragraph,
    Table,
    Row,
    HeaderCell,
    Cell,
    /// A picture, with the words that stand for it.
    Picture(String),
    Link,
}

#[derive(Debug)]
struct Part {
    kind: PartKind,
    children: Vec<PartId>,
    marks: Vec<Identifier>,
}

/// All parts of a document.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    parts: Vec<Part>,
    top: Vec<PartId>,
}

impl Structure {
    /// A new part at the top level, after those that exist.
    pub(crate) fn add(&mut self, kind: PartKind) -> PartId {
        let id = self.insert(kind);
        self.top.push(id);
        id
    }

    /// A new part inside another one, after those that exist.
    pub(crate) fn add_to(&mut self, parent: PartId, kind: PartKind) -> PartId {
        let id = self.insert(kind);
        self.parts[parent.0].children.push(id);
        id
    }

    fn insert(&mut self, kind: PartKind) -> PartId {
        self.parts.push(Part { kind, children: Vec::new(), marks: Vec::new() });
        PartId(self.parts.len() - 1)
    }

    /// Says that a mark on a page belongs to a part.
    pub(crate) fn attach(&mut self, part: PartId, mark: Identifier) {
        self.parts[part.0].marks.push(mark);
    }

    /// The tree as the PDF writer takes it.
    pub(crate) fn into_tree(mut self) -> TagTree {
        let mut tree = TagTree::new();
        for id in std::mem::take(&mut self.top) {
            tree.push(self.group(id));
        }
        tree
    }

    /// Parts are three deep at most (table, row, cell), so recursion is bounded.
    fn group(&mut self, id: PartId) -> TagGroup {
        let part = &mut self.parts[id.0];
        let children = std::mem::take(&mut part.children);
        let mut nodes: Vec<Node> = part.marks.drain(..).map(Node::from).collect();
        let tag = tag(&part.kind);
        for child in children {
            nodes.push(self.group(child).into());
        }
        TagGroup::with_children(tag, nodes)
    }
}

fn tag(kind: &PartKind) -> TagKind {
    match kind {
        PartKind::Title => Tag::Hn(NonZeroU16::MIN, None).into(),
        PartKind::Heading => Tag::Hn(NonZeroU16::MIN.saturating_add(1), None).into(),
        PartKind::Paragraph => Tag::P.into(),
        PartKind::Table => Tag::Table.into(),
        PartKind::Row => Tag::TR.into(),
        PartKind::HeaderCell => Tag::TH(TableHeaderScope::Column).into(),
        PartKind::Cell => Tag::TD.into(),
        PartKind::Picture(words) => Tag::Figure(Some(words.clone())).into(),
        PartKind::Link => Tag::Link.into(),
    }
}
