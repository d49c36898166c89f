import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';

interface PrintedText {
  file: string;
  text: string;
}

/** Every text in the program's source outside comments, with `X` in place of each value. */
export function printedTexts(folder: string): PrintedText[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|features)\.ts$/.test(name))
    .flatMap((name) => {
      const source = readFileSync(join(folder, name), 'utf8');
      const tree = parseSync(source, { syntax: 'typescript', decorators: true });
      return textsOf(tree).map((text) => ({ file: name, text }));
    });
}

type Node = Record<string, unknown> & { type?: string };

/** Texts joined by + are one. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || typeof value !== 'object') return [];
  const node = value as Node;
  const text = textOf(node);
  if (text !== undefined) return [text, ...textsOf(node.expressions)];
  return Object.values(node).flatMap(textsOf);
}

/** Undefined for what is no text. */
function textOf(node: Node): string | undefined {
  switch (node.type) {
    case 'StringLiteral':
      return node.value as string;
    case 'TemplateLiteral':
      return (node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('X');
    case 'ParenthesisExpression':
      return textOf(node.expression as Node);
    case 'BinaryExpression': {
      if (node.operator !== '+') return undefined;
      const [left, right] = [textOf(node.left as Node), textOf(node.right as Node)];
      return left === undefined && right === undefined ? undefined : (left ?? 'X') + (right ?? 'X');
    }
    default:
      return undefined;
  }
}
