const SECRET = /\b(AWS_SECRET_KEY|AWS_KEY_ID|AWS_TOKEN)(\s*=\s*)'(?:[^']|'')*'/gi;

/** A statement as it may stand in a log. */
export const withoutSecrets = (sql: string): string => sql.replace(SECRET, "$1$2'***'");
