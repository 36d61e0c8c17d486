//! The operator: created once, before everything else.

use domain::{account::Operator, money::Currency, phone::HomeArea};

use super::fields::Checks;
use crate::{
    App,
    error::{AppError, Result},
};

/// The one who runs the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperator {
    /// Its name.
    pub name: String,
    /// The two-letter country whose numbering area is home (ruling 19).
    pub home_country: String,
    /// What partners are charged in.
    pub currency: String,
}

impl App {
    /// Creates the operator. There is one; a second is refused.
    pub async fn create_operator(&self, new: &NewOperator) -> Result<Operator> {
        let now = self.clock.now();
        let mut checks = Checks::default();
        checks.name("name", &new.name);
        let home = checks.parse("home_country", HomeArea::parse(&new.home_country));
        let currency = checks.parse("currency", Currency::parse(&new.currency));
        let (Some(home), Some(currency)) = (home, currency) else {
            return Err(checks.into_error());
        };
        checks.finish()?;
        let operator = Operator {
            name: new.name.clone(),
            home_country: home.country(),
            currency,
            directory_version: 1,
        };
        self.db
            .write(async |tx| {
                if store::operator::find(tx).await?.is_some() {
                    return Err(AppError::Refused("there is an operator already".to_owned()));
                }
                store::operator::insert(tx, &operator, now).await?;
                Ok(())
            })
            .await?;
        Ok(operator)
    }
}
