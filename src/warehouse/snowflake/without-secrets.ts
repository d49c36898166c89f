const SECRET = /\b(AWS_SECRET_KEY|AWS_KEY_ID|AWS_TOKEN)(\s*=\s*)'(?:[^']|'')*'/gi;

/** A statement as a log may have it. */
export const withoutSecrets = (sql: string): string => sql.replace(SECRET, "$1$2'***'");
