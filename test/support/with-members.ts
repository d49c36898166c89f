type Member = (...parameters: never[]) => unknown;

/** An object like another one, with some of its members in place of the other's own. */
export function withMembers<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (name in members) return members[name as keyof T];
      const member = target[name as keyof T];
      return typeof member === 'function' ? (member as Member).bind(target) : member;
    },
  });
}
