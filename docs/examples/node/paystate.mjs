#!/usr/bin/env node
/**
 * Paystate's admin API: tell it of a payment, and ask whether an order is paid. Needs Node 18, and nothing from npm.
 *
 *     node paystate.mjs watch eu-shop ORDER-17 5200 EUR
 *     node paystate.mjs is-paid eu-shop ORDER-17
 *
 * PAYSTATE_ADMIN in the environment is the admin address: the socket, which members of the group paystate may use, or
 * http://127.0.0.1:8081. `is-paid` exits with 0 (paid), 1 (not paid) or 2 (nobody knows: ask again).
 */

import http from 'node:http';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ADMIN = process.env.PAYSTATE_ADMIN ?? '/run/paystate/admin.sock';
const TIMEOUT = 5000;

/** Paystate did not do what it was asked for, or did not answer. That says nothing about the payment. */
export class Unavailable extends Error {}

/** What Paystate answers. */
export async function ask(method, path, value) {
    const text = value === undefined ? '' : JSON.stringify(value);
    const headers = text ? { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } : {};
    if (!ADMIN.startsWith('http://') && !ADMIN.startsWith('/')) {
        throw new Unavailable(`PAYSTATE_ADMIN must begin with http://, or with / for a socket; it is ${ADMIN}`);
    }
    const address = ADMIN.startsWith('http://') ? new URL(ADMIN) : null;
    const place = address ? { host: address.hostname, port: address.port } : { socketPath: ADMIN };
    let response;
    try {
        response = await new Promise((resolve, reject) => {
            const signal = AbortSignal.timeout(TIMEOUT);
            const request = http.request({ ...place, method, path, headers, signal }, async (response) => {
                try {
                    const chunks = [];
                    for await (const chunk of response) chunks.push(chunk);
                    resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() });
                } catch (error) {
                    reject(error);
                }
            });
            request.on('error', reject);
            request.end(text);
        });
    } catch (error) {
        throw new Unavailable(`no answer at ${ADMIN}: ${error.message}`, { cause: error });
    }
    if (response.status !== 200) {
        throw new Unavailable(`${method} ${path.split('?')[0]}: ${response.status} ${response.text.trim()}`);
    }
    try {
        return JSON.parse(response.text);
    } catch (error) {
        throw new Unavailable(`${ADMIN} does not answer with JSON: ${error.message}`, { cause: error });
    }
}

/**
 * Tells Paystate of a payment when you create it, so that the gateway is polled although no callback comes. `names`:
 * payment_id (ecommpay); token or uid, and reference (eComCharge). If it fails, log that and let the buyer pay:
 * watching again later, also twice, is harmless.
 */
export function watch(account, amountMinor, currency, names) {
    return ask('POST', '/v1/watch', { account, amount_minor: amountMinor, currency, ...names });
}

/** Whether the order is paid now. Throws Unavailable where that cannot be known: never take that for false. */
export async function isPaid(account, reference) {
    const { orders } = await ask('GET', `/v1/orders?${new URLSearchParams({ account, reference })}`);
    if (!Array.isArray(orders)) throw new Unavailable(`${ADMIN} does not answer with orders`);
    return orders.some((order) => Boolean(order.paid));
}

async function main([command, ...names]) {
    try {
        if (command === 'watch' && names.length === 4 && /^\d{1,15}$/.test(names[2])) {
            const [account, payment, amount, currency] = names;
            console.log(JSON.stringify(await watch(account, Number(amount), currency, { payment_id: payment })));
            return 0;
        }
        if (command === 'is-paid' && names.length === 2) {
            const paid = await isPaid(...names);
            console.log(paid ? 'paid' : 'not paid');
            return paid ? 0 : 1;
        }
    } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        console.error(error.message);
        return 2;
    }
    console.error('usage: paystate.mjs watch ACCOUNT PAYMENT AMOUNT CURRENCY | is-paid ACCOUNT REFERENCE');
    return 64;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
    process.exitCode = await main(process.argv.slice(2));
}
