//! Operations of the OpenAPI document, and requests made of names and values.
//!
//! Decided here: a value goes where the document says: into the path, the query or the body. In a
//! body it becomes what the schema asks for; what is left out, the server judges.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::Request;

/// One operation of the document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) id: &'a str,
    method: &'a str,
    path: &'a str,
    object: &'a Value,
    document: &'a Value,
}

impl<'a> Operation<'a> {
    /// All of them, in the document's order.
    pub(super) fn all(document: &'a Value) -> Vec<Self> {
        let mut all = Vec::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, object) in methods.as_object().into_iter().flatten() {
                if let Some(id) = object["operationId"].as_str() {
                    all.push(Self { id, method, path, object, document });
                }
            }
        }
        all
    }

    /// The operation in one line.
    pub(super) fn line(&self) -> String {
        let summary = self.object["summary"].as_str().unwrap_or_default();
        format!("{:<32} {:<6} {:<44} {summary}", self.id, self.method.to_uppercase(), self.path)
    }

    /// The request that `pairs` make. `has_data` says that the body comes from elsewhere.
    pub(super) fn request(&self, pairs: &[String], has_data: bool) -> Result<Request, String> {
        let mut target = self.path.to_owned();
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut has_query = false;
        let mut body = Map::new();
        for pair in pairs {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("{pair}: write NAME=VALUE or NAME:=JSON"))?;
            let (name, is_json) = match name.strip_suffix(':') {
                Some(name) => (name, true),
                None => (name, false),
            };
            match self.place(name) {
                Some("path") => {
                    target = target.replace(&format!("{{{name}}}"), &segment(value));
                }
                Some("query") => {
                    query.append_pair(name, value);
                    has_query = true;
                }
                _ if self.schema().is_none() || has_data => {
                    return Err(format!("{name}: {} has no such parameter", self.id));
                }
                _ => {
                    body.insert(name.to_owned(), self.value(name, value, is_json)?);
                }
            }
        }
        if let Some((_, rest)) = target.split_once('{') {
            let name = rest.split('}').next().unwrap_or_default();
            return Err(format!("{}: {name}=… is missing, for its path is {}", self.id, self.path));
        }
        if has_query {
            target = format!("{target}?{}", query.finish());
        }
        let has_body = self.schema().is_some() && !has_data;
        let body = has_body.then(|| Value::Object(body).to_string().into_bytes());
        let method = self.method.to_uppercase();
        Ok(Request { method, target, body, content_type: self.content_type() })
    }

    /// Where the document says that the parameter goes.
    fn place(&self, name: &str) -> Option<&'a str> {
        let parameters = self.object["parameters"].as_array()?;
        parameters.iter().find(|parameter| parameter["name"] == name)?["in"].as_str()
    }

    fn content_type(&self) -> String {
        let content = self.object.pointer("/requestBody/content").and_then(Value::as_object);
        let kinds = content.into_iter().flatten().map(|(kind, _)| kind);
        let json = "application/json".to_owned();
        kinds
            .fold(None, |first: Option<&String>, kind| match first {
                Some(first) if *first == json || *kind != json => Some(first),
                _ => Some(kind),
            })
            .map_or(json.clone(), Clone::clone)
    }

    /// The schema of its JSON body.
    fn schema(&self) -> Option<&'a Value> {
        let content = self.object.pointer("/requestBody/content")?.as_object()?;
        self.resolve(content.get("application/json")?.get("schema")?)
    }

    fn resolve(&self, schema: &'a Value) -> Option<&'a Value> {
        match schema["$ref"].as_str() {
            Some(name) => self.document.pointer(name.strip_prefix('#')?),
            None => Some(schema),
        }
    }

    /// The value of a field: JSON where the schema asks for something that is no text.
    fn value(&self, name: &str, text: &str, is_json: bool) -> Result<Value, String> {
        let field = self.schema().and_then(|schema| schema["properties"].get(name));
        let is_text = match field.map(|field| &field["type"]) {
            Some(Value::String(kind)) => kind == "string",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
            _ => false,
        };
        if is_text && !is_json {
            return Ok(text.into());
        }
        match serde_json::from_str(text) {
            Ok(value) => Ok(value),
            Err(_) if !is_json => Ok(text.into()),
            Err(error) => Err(format!("{name}:={text}: {error}")),
        }
    }
}

/// `text` as one part of a path.
fn segment(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, pairs: &[&str]) -> Result<Request, String> {
        let document = web::api::document();
        let operation = Operation::all(&document).into_iter().find(|it| it.id == id).unwrap();
        let pairs: Vec<String> = pairs.iter().map(|pair| (*pair).to_owned()).collect();
        operation.request(&pairs, false)
    }

    #[test]
    fn a_value_goes_where_the_document_says() {
        let made = request("edit_tenant", &["id=tnt_1/2", "name=12", "auto_pay=true"]).unwrap();
        assert_eq!(
            (made.method.as_str(), made.target.as_str()),
            ("PATCH", "/v1/tenants/tnt_1%2F2")
        );
        let body: Value = serde_json::from_slice(&made.body.unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({"name": "12", "auto_pay": true}));
        let made = request("list_tenants", &["q=a b&c", "limit=5"]).unwrap();
        assert_eq!((made.target.as_str(), made.body), ("/v1/tenants?q=a+b%26c&limit=5", None));
        let made = request("create_api_key", &["scopes:=[\"billing:read\"]"]).unwrap();
        assert_eq!(made.body.unwrap(), br#"{"scopes":["billing:read"]}"#);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        assert!(request("get_tenant", &[]).unwrap_err().contains("id=… is missing"));
        assert!(request("get_tenant", &["id"]).unwrap_err().contains("NAME=VALUE"));
        assert!(request("list_tenants", &["colour=red"]).unwrap_err().contains("colour"));
        assert!(request("create_api_key", &["scopes:=["]).unwrap_err().contains("scopes"));
    }
}
