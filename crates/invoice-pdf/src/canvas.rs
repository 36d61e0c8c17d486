//! Finished pages as lists of marks: what is where, before any PDF is written.
//!
//! Coordinates are in points from the top left corner of the sheet.

use krilla::image::Image;

use crate::color::Rgb;
use crate::structure::PartId;
use crate::text::TextLine;

/// A rectangle, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Something visible, or a link over it.
#[derive(Debug)]
pub(crate) enum Mark {
    /// A line with its left end on the baseline.
    Text {
        line: TextLine,
        x: f32,
        baseline: f32,
    },
    Fill {
        area: Area,
        radius: f32,
        color: Rgb,
    },
    Picture {
        image: Image,
        area: Area,
    },
    Link(Link),
}

/// An area that opens an address.
#[derive(Debug)]
pub(crate) struct Link {
    pub area: Area,
    pub url: String,
    /// What the link says, for those who do not see it.
    pub text: String,
}

/// A mark and the part of the document it belongs to. Rules, backgrounds and what is repeated on
/// each page belong to none and are skipped by screen readers.
#[derive(Debug)]
pub(crate) struct Placed {
    pub mark: Mark,
    pub part: Option<PartId>,
}

/// One page.
pub(crate) type Sheet = Vec<Placed>;
