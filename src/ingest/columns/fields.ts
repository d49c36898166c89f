interface FieldKind {
  /** what it is said of: each row of an order, or the order as a whole */
  of: 'line' | 'order';
  /** how its text is read */
  as: 'text' | 'time' | 'number';
  /** nothing can be imported without it, or without one of those that stand in `or` */
  required?: true;
  /** a field that may stand in its place */
  or?: readonly string[];
  /** a header of this name in another spelling means this and nothing else */
  certain?: true;
}

/** What an order file may say. A cell of a field that is not required may be empty. */
const FIELDS = {
  order_id: { of: 'line', as: 'text', required: true, certain: true },
  ordered_at: { of: 'order', as: 'time', required: true, or: ['ordered_date'], certain: true },
  /** the day and the time of day in two columns */
  ordered_date: { of: 'order', as: 'time' },
  ordered_time: { of: 'order', as: 'text' },
  customer_id: { of: 'order', as: 'text', certain: true },
  country: { of: 'order', as: 'text', required: true, certain: true },
  region: { of: 'order', as: 'text', certain: true },
  currency: { of: 'order', as: 'text', required: true, certain: true },
  status: { of: 'order', as: 'text' },
  product_id: { of: 'line', as: 'text', required: true, certain: true },
  product_name: { of: 'line', as: 'text', required: true, certain: true },
  category: { of: 'line', as: 'text', required: true, certain: true },
  unit_price: {
    of: 'line',
    as: 'number',
    required: true,
    or: ['line_total', 'line_subtotal'],
    certain: true,
  },
  quantity: { of: 'line', as: 'number', required: true, certain: true },
  /** of the line; a header `Discount` may as well be a rate */
  discount: { of: 'line', as: 'number' },
  discount_rate: { of: 'line', as: 'number', certain: true },
  /** of the line, before its discount */
  line_subtotal: { of: 'line', as: 'number' },
  /** of the line, after its discount */
  line_total: { of: 'line', as: 'number' },
  /** what the order's shipping and tax are the sums of */
  line_shipping: { of: 'line', as: 'number' },
  line_shipping_discount: { of: 'line', as: 'number' },
  line_tax: { of: 'line', as: 'number' },
  line_shipping_tax: { of: 'line', as: 'number' },
  shipping: { of: 'order', as: 'number', certain: true },
  /** taken off the shipping */
  shipping_discount: { of: 'order', as: 'number' },
  tax: { of: 'order', as: 'number', certain: true },
  /** of the shipping, where `tax` is that of the lines alone */
  shipping_tax: { of: 'order', as: 'number' },
  /** spread over the lines */
  order_discount: { of: 'order', as: 'number' },
  /** what the order has to come to */
  order_total: { of: 'order', as: 'number' },
  /** what was given back of it */
  refunded: { of: 'order', as: 'number' },
  /** units of the line that came back, in either sign */
  returned_quantity: { of: 'line', as: 'number' },
  /** when the later steps of the order happened */
  paid_at: { of: 'order', as: 'time' },
  shipped_at: { of: 'order', as: 'time' },
  delivered_at: { of: 'order', as: 'time' },
  cancelled_at: { of: 'order', as: 'time' },
  refunded_at: { of: 'order', as: 'time' },
  exchange_rate: { of: 'order', as: 'number', certain: true },
} as const satisfies Record<string, FieldKind>;

export type Field = keyof typeof FIELDS;
export const fields = Object.keys(FIELDS) as Field[];

const kindOf = (field: Field): FieldKind => FIELDS[field];

export const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);
export const requiredFields = fields.filter((field) => kindOf(field).required);
/** Fields whose texts are times, or numbers. */
export const timeFields = fields.filter((field) => kindOf(field).as === 'time');
export const numberFields = fields.filter((field) => kindOf(field).as === 'number');
/** Fields that an order has once. Its rows repeat them, or leave them blank. */
export const orderFields = fields.filter((field) => kindOf(field).of === 'order');
/** Whether a header in any spelling of the field's name can only mean the field. */
export const isCertain = (field: Field): boolean => kindOf(field).certain ?? false;
/** The field and those that may stand in its place. */
export const alternativesTo = (field: Field): Field[] => [field, ...((kindOf(field).or ?? []) as Field[])];
