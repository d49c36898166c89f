/** A statement, and what it does, for the log. */
export interface Statement {
  name: string;
  sql: string;
}
