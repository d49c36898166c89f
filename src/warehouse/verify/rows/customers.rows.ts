import { CUSTOMER_FIELDS, customers } from '../../../lake/datasets/customers.dataset';
import { rowsFor } from './rows-for';
import { configured } from './sales';
import { businessDay } from './values';

export const customerRows = rowsFor(customers, ({ data, occurredAt, position, revision }, settings) => {
  return [
    {
      customer_id: data.customerId,
      revision,
      name: data.name ?? null,
      email: data.email ?? null,
      country: data.country ?? null,
      region: data.region ?? null,
      changed_fields: CUSTOMER_FIELDS.filter((field) => data[field] !== undefined),
      changed_at: occurredAt,
      position,
      change_date: businessDay(occurredAt, configured(settings).timeZone),
    },
  ];
});
