// dynalite on loopback alone (its own command line listens on every interface).
const path = require('path')
const dynalite = require(path.join(__dirname, '..', 'node_modules', 'dynalite'))

dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  .listen(Number(process.argv[2]), '127.0.0.1')
