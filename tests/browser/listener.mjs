// The only network there is: a listener on loopback that every host name leads to. It counts connections (a preconnect sends no
// byte) and answers requests in a way that makes a page which loads something also run something.
import net from 'node:net';

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

function answer(head) {
  const destination = (/^sec-fetch-dest: *(\S+)/im.exec(head) || [])[1] || '';
  const path = (/^\S+ (\S+)/.exec(head) || [])[1] || '/';
  let type = 'image/png', body = PIXEL;
  if (destination === 'script' || /\.m?js\b/.test(path)) [type, body] = ['text/javascript', 'alert("fetched script")'];
  else if (destination === 'style' || /\.css\b/.test(path)) [type, body] = ['text/css', 'html{background:url(http://second.listener.test/)}'];
  else if (/document|i?frame|object|embed/.test(destination)) [type, body] = ['text/html', '<script>alert("fetched page")</script>'];
  else if (/\.svg\b/.test(path)) [type, body] = ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert("fetched svg")</script></svg>'];
  body = Buffer.from(body);
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n` +
    'Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n'), body]);
}

// The server name in a TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3), '' when there is none.
function serverName(record) {
  try {
    let at = 5 + 4 + 2 + 32;
    at += 1 + record[at];
    at += 2 + record.readUInt16BE(at);
    at += 1 + record[at];
    for (at += 2; at + 4 <= record.length; at += 4 + record.readUInt16BE(at + 2))
      if (record.readUInt16BE(at) === 0) return record.toString('latin1', at + 9, at + 9 + record.readUInt16BE(at + 7));
  } catch { /* cut short */ }
  return '';
}

export async function listen() {
  const seen = []; // one line a connection, completed by its request line
  const server = net.createServer(socket => {
    const entry = { what: 'connection without a request', host: '' };
    let head = '';
    socket.on('error', () => {});
    socket.setTimeout(3000, () => socket.destroy());
    socket.on('data', bytes => {
      head += bytes.toString('latin1');
      if (head.charCodeAt(0) === 0x16) {
        const record = Buffer.from(head, 'latin1');
        if (record.length < 5 || record.length < 5 + record.readUInt16BE(3)) return;
        entry.host = serverName(record);
        entry.what = 'TLS connection to ' + entry.host;
        socket.destroy();
        return;
      }
      if (!head.includes('\r\n\r\n')) return;
      entry.host = (/^host: *(\S+)/im.exec(head) || [])[1] || '';
      entry.what = head.split('\r\n')[0].slice(0, 150) + ' host ' + entry.host;
      socket.end(answer(head));
      head = '';
    });
    seen.push(entry);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, seen, close: () => server.close() };
}
