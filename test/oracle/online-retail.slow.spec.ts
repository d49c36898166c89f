import { describeFile } from './support/file-suite';
import { onlineRetail } from './support/order-files.sql';

describeFile(
  'a year of an online retailer (half a million lines, credit notes, guests, duplicate lines)',
  onlineRetail,
  {
    orders: 22_100,
    creditNotes: 6_712,
    rejectedRows: 4,
    anomaliesNow: 405,
    customersScored: 4_314,
  },
);
