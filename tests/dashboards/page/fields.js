// What Grafana registers at its start and does not export: field options and transformations, as far as our dashboards use
// them. An option that is missing here would be ignored in silence, so an unknown one is an error (checkOptions).
import {
  FieldConfigOptionsRegistry, dataLinksOverrideProcessor, displayNameOverrideProcessor, identityOverrideProcessor,
  numberOverrideProcessor, standardTransformers, standardTransformersRegistry, stringOverrideProcessor,
  thresholdsOverrideProcessor, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';

const standard = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
};

// Those that our panels set below `custom`, by default or by an override.
const custom = [
  'align', 'axisLabel', 'axisPlacement', 'cellOptions', 'drawStyle', 'fillOpacity', 'filterable', 'hidden', 'hideFrom',
  'insertNulls', 'inspect', 'lineInterpolation', 'lineStyle', 'lineWidth', 'pointSize', 'scaleDistribution', 'showPoints',
  'spanNulls', 'stacking', 'thresholdsStyle', 'width',
];

const option = (id, path, process, isCustom) =>
  ({ id, path, name: id, process, isCustom, shouldApply: () => true, settings: {}, override: () => null, editor: () => null });

export const fieldOptions = new FieldConfigOptionsRegistry(() => [
  ...Object.entries(standard).map(([id, process]) => option(id, id, process, false)),
  ...custom.map((name) => option(`custom.${name}`, name, identityOverrideProcessor, true)),
]);

const transformers = [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer];
standardTransformersRegistry.setInit(() => transformers.map((transformation) =>
  ({ id: transformation.id, name: transformation.name, transformation: () => transformation, editor: () => null })));

export function checkOptions(panel) {
  const { defaults, overrides } = panel.fieldConfig;
  const used = [
    ...Object.keys(defaults).filter((key) => key !== 'custom'),
    ...Object.keys(defaults.custom ?? {}).map((key) => `custom.${key}`),
    ...overrides.flatMap((override) => override.properties.map((property) => property.id)),
  ];
  const unknown = used.filter((id) => !fieldOptions.getIfExists(id));
  if (unknown.length > 0) {
    throw new Error(`field options that the harness does not know: ${unknown.join(', ')}`);
  }
  for (const { id } of panel.transformations ?? []) {
    if (!standardTransformersRegistry.getIfExists(id)) {
      throw new Error(`transformation that the harness does not know: ${id}`);
    }
  }
}
