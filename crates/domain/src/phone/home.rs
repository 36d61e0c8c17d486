//! The home numbering area: how a text without a country code is read, and what counts as abroad.
//!
//! An operator has one home country (setting `home_country`, US by default); a tenant may have a
//! home area code, so that seven digits can be dialled.

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

/// Where an operator, and possibly a tenant, is at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HomeArea {
    region: Region,
    calling_code: i32,
    area_code: Option<[u8; 3]>,
}

/// A setting of the home area is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HomeAreaError {
    /// Not an ISO 3166 country with a numbering plan.
    #[error("{0:?} is not a country code such as US")]
    Country(String),
    /// Not the first three digits of North American numbers.
    #[error("{0:?} is not an area code such as 501")]
    AreaCode(String),
}

impl HomeArea {
    /// The United States, without a home area code.
    pub const US: Self = Self { region: Region::US, calling_code: 1, area_code: None };

    /// The country with this two-letter ISO code.
    pub fn parse(country: &str) -> Result<Self, HomeAreaError> {
        let unknown = || HomeAreaError::Country(country.to_owned());
        let region = Region::from_code(country).map_err(|_| unknown())?;
        let calling_code =
            PHONE_NUMBER_UTIL.get_country_code_for_region(region).ok_or_else(unknown)?;
        Ok(Self { region, calling_code, area_code: None })
    }
    /// The same country with a home area code, which completes seven-digit numbers.
    pub fn with_area_code(self, area_code: &str) -> Result<Self, HomeAreaError> {
        let wrong = || HomeAreaError::AreaCode(area_code.to_owned());
        let code: [u8; 3] = area_code.as_bytes().try_into().map_err(|_| wrong())?;
        let [a, b, c] = code;
        let is_area = (b'2'..=b'9').contains(&a) && (b'0'..=b'8').contains(&b);
        if !is_area || !c.is_ascii_digit() || (b, c) == (b'1', b'1') {
            return Err(wrong());
        }
        Ok(Self { area_code: Some(code), ..self })
    }
    /// The two-letter ISO code of the country.
    pub fn country(&self) -> String {
        self.region.to_string()
    }
    /// Whether the home country is part of the North American plan (+1).
    pub fn is_nanp(&self) -> bool {
        self.calling_code == 1
    }
    pub(super) fn region(&self) -> Region {
        self.region
    }
    pub(super) fn area_code(&self) -> Option<[u8; 3]> {
        self.area_code
    }
    /// Whether a number with these digits lies in the home numbering area.
    pub(super) fn contains(&self, digits: &[u8]) -> bool {
        let mut code = [0; 3];
        let mut rest = self.calling_code;
        let mut start = code.len();
        while rest > 0 && start > 0 {
            start -= 1;
            code[start] = b'0' + u8::try_from(rest % 10).expect("a digit");
            rest /= 10;
        }
        digits.starts_with(&code[start..])
    }
}

impl Default for HomeArea {
    fn default() -> Self {
        Self::US
    }
}
