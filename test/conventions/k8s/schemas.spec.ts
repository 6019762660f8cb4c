import { describe, expect, it } from '@jest/globals';
import { type Resource, resources } from './resource.js';
import { unknownFields } from './unknown-fields.js';

type Validator = ((data: unknown) => boolean) & { errors?: unknown[] | null };

/** The compiled schema of a resource's kind, from the version of the Kubernetes API in the package. */
async function validatorOf({ apiVersion, kind }: Resource): Promise<Validator> {
  const [version = '', group = 'core'] = apiVersion.split('/').toReversed();
  const name = group.replace(/\.k8s\.io$/, '').replace(/^(.)/, (letter) => letter.toUpperCase());
  const schema = `IoK8sApi${name}${version.replace('v', 'V')}${kind}`;
  const module = (await import(`kubernetes-models/_schemas/${schema}`)) as { validate: Validator };
  return module.validate;
}

describe('each of the manifests', () => {
  it.each(resources.map((resource) => [`${resource.kind} ${resource.metadata.name}`, resource] as const))(
    'conforms to the Kubernetes API: %s',
    async (_name, resource) => {
      const validate = await validatorOf(resource);
      expect({ valid: validate(resource), errors: validate.errors ?? [] }).toEqual({
        valid: true,
        errors: [],
      });
      expect(unknownFields(resource, validate)).toEqual([]);
    },
  );

  it('would be refused with a wrong type, or with an unknown field', async () => {
    const deployment = resources.find(({ kind }) => kind === 'Deployment');
    if (!deployment) throw new Error('There is no Deployment.');
    const validate = await validatorOf(deployment);
    expect(validate({ ...deployment, spec: { ...deployment.spec, replicas: 'two' } })).toBe(false);
    const misspelt = { ...deployment, spec: { ...deployment.spec, replica: 2 } };
    expect(unknownFields(misspelt, validate)).toEqual(['/spec/replica']);
  });
});
