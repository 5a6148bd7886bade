//! SQL queries over a state, for people and scripts. Nothing can be changed by them.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

use super::fault::Trouble;

/// The result of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// An object whose attributes are asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub provider: String,
    pub address: String,
    pub attributes: String,
    /// The paths of what the configuration made secret.
    pub secrets: String,
}

/// Returns the attributes of an object without its secrets. The store knows no schemas, which call some of them so.
pub type Veil = Arc<dyn Fn(&Asked) -> String + Send + Sync>;

/// What stands for a secret that is not shown, as JSON.
pub const HIDDEN: &str = "\"(sensitive value)\"";

/// Tables and views of the same names as the real ones, which go before them, without secrets. Whoever writes `main.`
/// before a name asks for the real one.
const VEILED: &str = "
    CREATE TEMP VIEW objects AS SELECT id, module, mode, type, name, key, deposed, address, provider, schema_version,
        tainted, create_before_destroy, veiled(provider, address, attributes, sensitive) AS attributes, sensitive,
        x'' AS private, dependencies
    FROM main.objects;
    CREATE TEMP VIEW instances AS SELECT address, module, mode, type, name, key, deposed, status, provider,
        schema_version, create_before_destroy, veiled(provider, address, attributes, sensitive) AS attributes, sensitive,
        dependencies
    FROM main.instances;
    CREATE TEMP VIEW output_values AS SELECT name, iif(sensitive, hidden(), value) AS value, type, sensitive
    FROM main.output_values;
    CREATE TEMP VIEW outputs AS SELECT name, iif(sensitive, hidden(), value) AS value, type, sensitive FROM main.outputs;
    CREATE TEMP VIEW journal AS SELECT id, operation, at, address, deposed, provider, action,
        iif(planned IS NULL, NULL, hidden()) AS planned, x'' AS private, schema_version, create_before_destroy, sensitive,
        dependencies
    FROM main.journal;
";

/// Puts the veil over the tables of a connection.
pub(super) fn hide(connection: &Connection, veil: Veil) -> Result<(), Trouble> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("hidden", 0, flags, |_| Ok(HIDDEN))?;
    connection.create_scalar_function("veiled", 4, flags, move |context| {
        let asked = Asked {
            provider: context.get(0)?,
            address: context.get(1)?,
            attributes: context.get(2)?,
            secrets: context.get(3)?,
        };
        Ok(veil(&asked))
    })?;
    connection.pragma_update(None, "query_only", false)?;
    connection.execute_batch(VEILED)?;
    Ok(connection.pragma_update(None, "query_only", true)?)
}

/// The words that a query may begin with. Others could reach further files.
const QUESTIONS: [&str; 4] = ["select", "with", "values", "explain"];

pub(super) fn ask(connection: &Connection, sql: &str) -> Result<Answer, Trouble> {
    let first: String = sql.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    if !QUESTIONS.iter().any(|word| first.eq_ignore_ascii_case(word)) {
        return Err(refused("a question begins with SELECT, WITH, VALUES or EXPLAIN"));
    }
    let mut statement = connection.prepare(sql).map_err(|error| refused(&error.to_string()))?;
    if !statement.readonly() {
        return Err(refused("it would change the state"));
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut answer = Answer { columns, rows: Vec::new() };
    while let Some(row) = rows.next().map_err(|error| refused(&error.to_string()))? {
        let cells = (0..answer.columns.len()).map(|column| Ok(cell(row.get_ref(column)?)));
        answer.rows.push(cells.collect::<Result<_, Trouble>>()?);
    }
    Ok(answer)
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    }
}

fn refused(why: &str) -> Trouble {
    Trouble::Files(std::io::Error::other(why))
}
