import { useLive } from '../live.ts';
import { Empty, Loaded, Name, Scroll, When } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';

export const Activity = () => {
  const live = useLive('audit', { limit: 200 });
  return (
    <Loaded live={live}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing recorded yet." />
        ) : (
          <Scroll>
            <table>
              <caption>The newest {rows.length} lines. They are never changed or deleted.</caption>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col">Environment</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td>
                      <When at={row.at} />
                    </td>
                    <th scope="row">
                      <Name>{row.actorName}</Name>
                    </th>
                    <td>{row.sentence}</td>
                    <td>{row.environment === null ? '' : <EnvironmentBadge environment={row.environment} />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )
      }
    </Loaded>
  );
};
