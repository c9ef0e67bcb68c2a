import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { registrationSteps } from '../../src/domain/registration.ts';

describe('what is done at the service first', () => {
  it('has steps for every connector that can be used', () => {
    for (const connector of allConnectors()) {
      const steps = registrationSteps(connector);
      expect(steps.length > 0, connector.id).toBe(!['oauth1', 'none'].includes(connector.auth.method) || connector.registration.length > 0);
      for (const step of steps) expect(step, connector.id).toMatch(/^[A-Z].*\.$/);
      expect(steps.join(' ')).not.toMatch(/[{}]/);
    }
  });

  it('prefers the record’s own', () => {
    expect(registrationSteps(connectorById('gitlab'))).toBe(connectorById('gitlab').registration);
    expect(registrationSteps(connectorById('asana'))[0]).toBe('Open app.asana.com and create an OAuth app.');
  });
});
