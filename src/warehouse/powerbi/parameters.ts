/** A query that is not a table. */
export interface Expression {
  name: string;
  doc: string;
  m: string;
  resultType: 'Text' | 'Function';
}

const parameter = (name: string, value: string, doc: string, choices?: readonly string[]): Expression => {
  const list = choices ? `List = {${choices.map((choice) => `"${choice}"`).join(', ')}}, ` : '';
  return {
    name,
    doc,
    m: `"${value}" meta [IsParameterQuery = true, ${list}DefaultValue = "${value}", Type = "Text", IsParameterQueryRequired = true]`,
    resultType: 'Text',
  };
};

/** The parameters that a user sets under Transform data > Edit parameters. */
export const parameters: readonly Expression[] = [
  parameter('Source', 'Parquet', 'Snowflake, or Parquet: a folder of files', ['Snowflake', 'Parquet']),
  parameter(
    'Folder',
    'C:\\Tidemark',
    'Parquet: the folder that `tidemark warehouse export --parquet FOLDER` wrote',
  ),
  parameter('Server', 'organisation-account.snowflakecomputing.com', 'Snowflake: the address of the account'),
  parameter('Warehouse', 'COMPUTE_WH', 'Snowflake: the virtual warehouse that runs the queries'),
  parameter('Database', 'TIDEMARK', 'Snowflake: the database, in capitals unless it was made with quotes'),
  parameter('Schema', 'PUBLIC', 'Snowflake: the schema, in capitals unless it was made with quotes'),
];

/** Power BI has no time zones: every time of the model is in UTC. */
const toUtc: Expression = {
  name: 'ToUtc',
  doc: 'An instant as the time in UTC.',
  m: `(value as any) as any =>
    if value is datetimezone then DateTimeZone.RemoveZone(DateTimeZone.ToUtc(value)) else value`,
  resultType: 'Function',
};

export const expressions: readonly Expression[] = [...parameters, toUtc];
