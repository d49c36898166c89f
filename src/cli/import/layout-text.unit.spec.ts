import { builtInLayouts } from '../../ingest/layouts/catalogue';
import { layoutAsJson } from '../../ingest/layouts/layout-json';
import { describeLayout, listLayouts } from './layout-text';

const layoutCalled = (wanted: string) => {
  const layout = builtInLayouts().find(({ name }) => name === wanted);
  if (layout === undefined) throw new Error(`No layout ${wanted}`);
  return layout;
};

describe('a layout, in words', () => {
  it('says its columns, its rows and what each status means', () => {
    const lines = describeLayout(layoutCalled('shopify')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^product_id +"Lineitem sku", else "Lineitem name"$/),
        expect.stringMatching(/^a row +whose "Lineitem price" is negative: is a discount of its order$/),
        expect.stringMatching(/^Financial Status +paid: placed, then pay$/),
        expect.stringMatching(
          /^Financial Status +voided: no sale: the payment was voided \(where it was .* before: cancel\)$/,
        ),
        expect.stringMatching(/^Fulfillment Status +any other text: placed$/),
      ]),
    );
    expect(describeLayout(layoutCalled('ebay'))).toMatch(/^currency +\$ is USD, US \$ is USD, £ is GBP/m);
  });

  it('stands in the list with what tells it and what it maps', () => {
    const list = listLayouts(builtInLayouts());
    for (const { title } of builtInLayouts()) expect(list).toContain(title);
    expect(list).toMatch(/^ {2}told by +"id", "Created \(UTC\)" or "Created date \(UTC\)", "Amount"/m);
  });

  it('is plain data for programs', () => {
    const json = JSON.parse(JSON.stringify(layoutAsJson(layoutCalled('stripe'))));
    expect(json).toMatchObject({
      name: 'stripe',
      columns: { order_id: ['id'] },
      statuses: [{ column: 'Status', values: { failed: { does: [], leftOut: 'the charge failed' } } }, {}],
    });
  });
});
