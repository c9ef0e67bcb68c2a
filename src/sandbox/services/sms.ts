import { html } from '../html.ts';
import { created, invalid, ok, type Service, text } from './service.ts';

export type Message = {
  readonly id: string;
  readonly account: string;
  readonly to: string;
  readonly body: string;
  readonly status: 'queued';
};

/** Sandbox SMS: takes messages and sends them nowhere. */
export const createSms = () => {
  const messages: Message[] = [];
  const service: Service = {
    name: 'Sandbox SMS',
    prefix: '/sms',
    routes: [
      {
        method: 'GET',
        path: 'account',
        scope: 'sms.account.read',
        run: ({ account }) => ok({ account: { name: account.name, balance: 100 } }),
      },
      {
        method: 'GET',
        path: 'messages',
        scope: 'sms.messages.read',
        run: ({ account }) => ok({ messages: messages.filter((one) => one.account === account.email) }),
      },
      {
        method: 'POST',
        path: 'messages',
        scope: 'sms.messages.send',
        run: ({ account, fields }) => {
          const to = text(fields, 'to');
          const body = text(fields, 'body');
          if (!/^\+[1-9]\d{6,14}$/.test(to)) return invalid({ to: 'must be a number like +14155550100' });
          if (body.length < 1 || body.length > 1_600) return invalid({ body: 'must have 1 to 1600 characters' });
          const message: Message = {
            id: `MSG-${String(messages.length + 1).padStart(4, '0')}`,
            account: account.email,
            to,
            body,
            status: 'queued',
          };
          messages.push(message);
          return created({ message });
        },
      },
    ],
    arrived: () =>
      messages.length === 0
        ? html`<p>Nothing has arrived yet.</p>`
        : html`<table><thead><tr><th>Message</th><th>Account</th><th>To</th><th>Text</th></tr></thead><tbody>${[...messages]
            .reverse()
            .map((one) => html`<tr><td>${one.id}</td><td>${one.account}</td><td>${one.to}</td><td>${one.body}</td></tr>`)}</tbody></table>`,
  };
  return { service, messages };
};
