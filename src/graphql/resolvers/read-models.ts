/**
 * The projections that the objects of each type are read from: a query with a consistency token waits for
 * these. Types that hold parts of another object need none.
 */
const READ_MODELS: Readonly<Record<string, readonly string[]>> = {
  Anomaly: ['anomalies'],
  AnomalyBaseline: ['anomalies'],
  AnomalyConnection: ['anomalies'],
  AnomalyEdge: [],
  AsOf: [],
  CategoryRevenue: ['category-revenue'],
  CategoryRevenueRow: [],
  Customer: ['customers'],
  CustomerConnection: ['customers'],
  CustomerEdge: [],
  Money: [],
  Order: ['orders'],
  OrderConnection: ['orders'],
  OrderEdge: [],
  OrderHistoryEntry: [],
  OrderLine: [],
  PageInfo: [],
  Product: ['products'],
  // Of every read model, which the query itself says.
  Projection: [],
  ReturnedOrderLine: [],
  RevenueTotal: [],
  RfmScores: ['rfm'],
  RfmSummary: ['rfm'],
  SegmentSummary: [],
  TierSummary: [],
  UnconvertedRevenue: [],
};

/**
 * The read models behind the objects of a type.
 * @throws Error for a type that is not listed: its wait would be forgotten without anybody noticing
 */
export function readModelsOf(type: string): readonly string[] {
  const readModels = READ_MODELS[type];
  if (readModels) return readModels;
  throw new Error(`Objects of type ${type} are read from nothing that is known: say so in read-models.ts`);
}

/** Every type that is listed. */
export const listedTypes: readonly string[] = Object.keys(READ_MODELS);

/** Every projection that some type is read from. */
export const projectionsRead: readonly string[] = [...new Set(Object.values(READ_MODELS).flat())];
