//! Forms as Stripe reads them: brackets in names make objects and lists.

use serde_json::{Map, Value};

/// What is sent in a body or behind the question mark, as a tree of texts.
pub(crate) fn parse(encoded: &str) -> Result<Value, String> {
    let mut root = Value::Object(Map::new());
    for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        let (first, rest) = match name.split_once('[') {
            Some((first, rest)) => (first, rest.strip_suffix(']').ok_or(name.clone())?),
            None => (name.as_str(), ""),
        };
        let mut path = vec![first];
        if name.contains('[') {
            path.extend(rest.split("]["));
        }
        put(&mut root, &path, value).map_err(|()| format!("{name} is two things at once"))?;
    }
    Ok(root)
}

fn put(place: &mut Value, path: &[&str], value: String) -> Result<(), ()> {
    let Some((step, rest)) = path.split_first() else {
        if !place.is_null() {
            return Err(());
        }
        *place = Value::String(value);
        return Ok(());
    };
    if step.is_empty() || step.bytes().all(|byte| byte.is_ascii_digit()) {
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let list = place.as_array_mut().ok_or(())?;
        let index = step.parse().unwrap_or(list.len());
        if index > list.len() {
            return Err(());
        }
        if index == list.len() {
            list.push(Value::Null);
        }
        return put(&mut list[index], rest, value);
    }
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let object = place.as_object_mut().ok_or(())?;
    put(object.entry(*step).or_insert(Value::Null), rest, value)
}

fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|digit| digit.unwrap_or_default());
                let digits = std::str::from_utf8(&digits).map_err(|_| text.to_owned())?;
                u8::from_str_radix(digits, 16).map_err(|_| text.to_owned())?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| format!("{text} is no UTF-8"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_make_objects_and_lists() {
        let tree = parse("a=1&b%5Bc%5D=x+y&d[]=1&d[]=%C3%A9&e[0][f]=g&h[i][j]=").expect("a form");
        assert_eq!(
            tree,
            json!({
                "a": "1", "b": {"c": "x y"}, "d": ["1", "é"], "e": [{"f": "g"}],
                "h": {"i": {"j": ""}}
            })
        );
        for wrong in ["a=1&a=2", "a=1&a[b]=2", "a[9]=1", "a=%zz"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
