import { json, report } from './report';
import { semanticModel, stableId } from './semantic-model';

const NAME = 'Tidemark';
const SCHEMAS = 'https://developer.microsoft.com/json-schemas/fabric';

/** Every file of the Power BI project, by its path in the project's folder, with slashes. */
export function powerBiProject(): Record<string, string> {
  return {
    [`${NAME}.pbip`]: json({
      $schema: `${SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json`,
      version: '1.0',
      artifacts: [{ report: { path: `${NAME}.Report` } }],
      settings: { enableAutoRecovery: true },
    }),
    ...inFolder(`${NAME}.SemanticModel`, {
      '.platform': platform('SemanticModel'),
      'definition.pbism': json({
        $schema: `${SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json`,
        version: '4.0',
        settings: {},
      }),
      ...inFolder('definition', semanticModel()),
    }),
    ...inFolder(`${NAME}.Report`, {
      '.platform': platform('Report'),
      'definition.pbir': json({
        $schema: `${SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json`,
        version: '4.0',
        datasetReference: { byPath: { path: `../${NAME}.SemanticModel` } },
      }),
      ...inFolder('definition', report()),
    }),
  };
}

const platform = (type: string): string =>
  json({
    $schema: `${SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json`,
    metadata: { type, displayName: NAME },
    config: { version: '2.0', logicalId: stableId(`item ${type}`) },
  });

const inFolder = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
