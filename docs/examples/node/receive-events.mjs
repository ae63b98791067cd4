#!/usr/bin/env node
/**
 * Receives what Paystate tells by `notify`, and proves it as Standard Webhooks wants it. Needs Node 18, and nothing
 * from npm.
 *
 *     PAYSTATE_NOTIFY_SECRET=whsec_… node receive-events.mjs 8095 events.ids
 *
 * listens on 127.0.0.1:8095; the file keeps the ids of the events that were dealt with. Events come at least once, and
 * in order: the next one comes when this one was answered 2xx. Whatever is answered otherwise comes again, for three
 * days unless `give_up_after` says otherwise.
 */

import http from 'node:http';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const LARGEST = 64 * 1024;
const TOLERANCE = 300; // seconds that our clock and Paystate's may differ, and that an event may be on its way
const REMEMBERED = 100_000; // ids: what comes again is never so old

/**
 * Your work: send the goods, tell the buyer, …. It must last when this returns. A crash before the id is written makes
 * the event come again: send `seq` along as the key by which the other side knows that, or keep ids and effects in one
 * transaction of your database.
 */
async function dealWith(event) {
    const order = event.reference ?? event.payment_id;
    console.log(`${event.seq} ${event.type} ${order} ${event.paid ? 'paid' : 'not paid'}`);
}

/** Nobody knows who sent this. */
class Unproved extends Error {}

/** Returns the event's id, if Paystate has signed these bytes a short while ago. `body` is a Buffer, as it came. */
function verify(key, headers, body, now) {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp } = headers;
    if (!id || !/^\d{1,15}$/.test(timestamp ?? '')) throw new Unproved('the webhook headers are missing');
    if (Math.abs(now - Number(timestamp)) > TOLERANCE) throw new Unproved('too old, or one of the clocks is wrong');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
    // While a secret is changed there may be several.
    for (const signature of (headers['webhook-signature'] ?? '').split(' ')) {
        if (!signature.startsWith('v1,')) continue;
        const code = Buffer.from(signature.slice(3), 'base64');
        if (code.length === expected.length && timingSafeEqual(code, expected)) return id;
    }
    throw new Unproved('the signature is missing or wrong');
}

/** The ids of the events that were dealt with, one a line: a line is whole before its event is answered. */
class Ids {
    constructor(path) {
        let text = '';
        try {
            text = readFileSync(path, 'utf8');
        } catch (error) {
            if (error.code !== 'ENOENT') throw error;
        }
        // What follows the last line break was cut short by a crash.
        const lines = text.split('\n').slice(0, -1).slice(-REMEMBERED);
        this.known = new Set(lines);
        const file = openSync(`${path}.new`, 'w', 0o600);
        writeSync(file, lines.map((line) => `${line}\n`).join(''));
        fsyncSync(file);
        renameSync(`${path}.new`, path);
        this.file = file; // it goes by its new name
    }

    add(id) {
        writeSync(this.file, `${id}\n`);
        fsyncSync(this.file);
        this.known.add(id);
    }
}

async function bodyOf(request) {
    const chunks = [];
    let size = 0;
    for await (const chunk of request) {
        size += chunk.length;
        if (size > LARGEST) return null;
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

/** Deals with one event after the other, also where Paystate lost patience and sends one again meanwhile. */
function inTurn() {
    let last = Promise.resolve();
    return (work) => (last = last.then(work, work));
}

function main(port, path) {
    const key = Buffer.from((process.env.PAYSTATE_NOTIFY_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
    if (key.length === 0) throw new Error('PAYSTATE_NOTIFY_SECRET is missing'); // with an empty key anybody could sign
    const ids = new Ids(path);
    const turn = inTurn();

    /** The status to answer with. */
    async function receive(request) {
        if (request.method !== 'POST') return 405;
        const body = await bodyOf(request);
        if (body === null) return 413;
        try {
            const id = verify(key, request.headers, body, Date.now() / 1000);
            await turn(async () => {
                if (ids.known.has(id)) return;
                await dealWith(JSON.parse(body));
                ids.add(id);
            });
            return 204;
        } catch (error) {
            if (error instanceof Unproved) {
                console.error(`refused: ${error.message}`);
                return 401;
            }
            console.error(error); // whatever it was, it is not done: the event comes again
            return 500;
        }
    }

    const server = http.createServer((request, response) => {
        receive(request).then(
            (status) => response.writeHead(status, { Connection: 'close' }).end(),
            (error) => {
                console.error(`the connection broke: ${error.message}`);
                response.destroy();
            },
        );
    });
    server.requestTimeout = 10_000;
    server.listen(port, '127.0.0.1');
}

const [port, path] = process.argv.slice(2);
if (!/^\d{1,5}$/.test(port ?? '') || path === undefined) {
    console.error('usage: receive-events.mjs PORT FILE-THAT-KEEPS-THE-IDS');
    process.exit(64);
}
main(Number(port), path);
