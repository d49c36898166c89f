import type { WarehouseColumn } from '../model/table';

interface PowerBiType {
  /** of the column */
  dataType: 'string' | 'int64' | 'decimal' | 'double' | 'boolean' | 'dateTime';
  /** in Power Query */
  m: string;
  format?: string;
}

/** Fixed decimal numbers of Power BI have four decimals. Numbers with more become floating point. */
const FIXED_SCALE = 4;

/** @throws Error for lists, which Power BI does not have */
export function powerBiType({ name, type }: WarehouseColumn): PowerBiType {
  switch (type.kind) {
    case 'string':
      return { dataType: 'string', m: 'type text' };
    case 'int':
    case 'long':
      return { dataType: 'int64', m: 'Int64.Type', format: '0' };
    case 'boolean':
      return { dataType: 'boolean', m: 'type logical' };
    case 'date':
      return { dataType: 'dateTime', m: 'type date', format: 'yyyy-mm-dd' };
    case 'timestamptz':
      return { dataType: 'dateTime', m: 'type datetime', format: 'yyyy-mm-dd hh:nn:ss' };
    case 'decimal':
      return type.scale <= FIXED_SCALE
        ? { dataType: 'decimal', m: 'Currency.Type', format: '#,0.00' }
        : { dataType: 'double', m: 'type number', format: '0.0000######' };
    case 'double':
      return { dataType: 'double', m: 'type number', format: '#,0.00' };
    case 'list':
      throw new Error(`Power BI has no lists: ${name}`);
  }
}
