//! A JSON value that is read as what it is.
//!
//! Decided here: an object is never given as a list of its fields in their order, at any depth.
//! Serde's structs accept that, which nobody means and no document describes.

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, IntoDeserializer, Unexpected, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error as JsonError, Value};

/// A value whose objects must be objects.
#[derive(Debug)]
pub(super) struct Exact(pub(super) Value);

impl Exact {
    /// The value, which must be an object.
    fn object(self) -> Result<Self, JsonError> {
        if self.0.is_object() {
            return Ok(self);
        }
        Err(JsonError::custom("must be an object"))
    }
}

impl IntoDeserializer<'_, JsonError> for Exact {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Exact {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter().map(Exact));
                let value = visitor.visit_seq(&mut items)?;
                items.end().map(|()| value)
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| (name, Exact(value)));
                let mut fields = MapDeserializer::new(fields);
                let value = visitor.visit_map(&mut fields)?;
                fields.end().map(|()| value)
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.object()?.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let (variant, content) = match self.0 {
            Value::String(variant) => (variant, None),
            Value::Object(fields) if fields.len() == 1 => {
                let (variant, content) = fields.into_iter().next().expect("there is one field");
                (variant, Some(content))
            }
            _ => return Err(JsonError::custom("must be a text, or an object with one field")),
        };
        visitor.visit_enum(Variant { variant, content })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// One of several choices, and what it holds.
struct Variant {
    variant: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = JsonError;
    type Variant = Content;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content), JsonError> {
        let variant = seed.deserialize(self.variant.into_deserializer())?;
        Ok((variant, Content(self.content)))
    }
}

/// What a choice holds.
struct Content(Option<Value>);

impl Content {
    fn given(self) -> Result<Exact, JsonError> {
        let nothing = || JsonError::invalid_type(Unexpected::UnitVariant, &"a choice with content");
        self.0.map(Exact).ok_or_else(nothing)
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        match self.0 {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(JsonError::custom("this choice holds nothing")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, JsonError> {
        seed.deserialize(self.given()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, JsonError> {
        self.given()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.given()?.object()?.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<Inner>,
        choice: Option<Choice>,
        pair: Option<(i64, i64)>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        count: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        Plain,
        Held(Inner),
        Named { count: i64 },
    }

    fn read(value: Value) -> Result<Outer, JsonError> {
        Outer::deserialize(Exact(value))
    }

    #[test]
    fn lists_stand_for_no_object_at_any_depth() {
        for value in [
            json!([{"count": 1}]),
            json!({"inner": [1]}),
            json!({"list": [{"count": 1}, [2]]}),
            json!({"choice": {"held": [1]}}),
            json!({"choice": {"named": [1]}}),
            json!({"choice": {"plain": 1}}),
            json!({"choice": "held"}),
            json!({"choice": ["plain"]}),
            json!({"pair": [1, 2, 3]}),
        ] {
            assert!(read(value.clone()).is_err(), "{value}");
            let is_list = value.to_string().contains("[1]") || value.is_array();
            if is_list {
                assert_eq!(read(value).unwrap_err().to_string(), "must be an object");
            }
        }
    }

    #[test]
    fn everything_else_is_read_as_before() {
        for value in [
            json!({}),
            json!({"inner": null, "list": [], "choice": null}),
            json!({"inner": {"count": 1}, "list": [{"count": 2}], "pair": [1, 2]}),
            json!({"choice": "plain"}),
            json!({"choice": {"held": {"count": 1}}}),
            json!({"choice": {"named": {"count": 1}}}),
        ] {
            let before = Outer::deserialize(value.clone()).unwrap();
            assert_eq!(read(value).unwrap(), before);
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_what_serde_accepts(text in "[\\[\\]{}\":,a-c0-9 ]{0,40}") {
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                let read = Value::deserialize(Exact(value.clone())).unwrap();
                prop_assert_eq!(read, value);
            }
        }
    }
}
