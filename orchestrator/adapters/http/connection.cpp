#include "orchestrator/adapters/http/connection.h"

#include <boost/asio/strand.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace delta::http {

namespace {

namespace wire = beast::http;

Reply plain_error(int status, const std::string& detail) {
  return {.status = status,
          .body = "{\"status\":\"invalid\",\"detail\":\"" + detail + "\"}\n",
          .headers = {{"Connection", "close"}}};
}

std::string text(boost::string_view from) { return {from.data(), from.size()}; }

template <class Stream>
class Connection final : public Closable, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Arguments>
  Connection(ConnectionContext& context, Arguments&&... arguments)
      : context_(context), stream_(std::forward<Arguments>(arguments)...) {
    ++context_.open;
  }

  ~Connection() override {
    const std::lock_guard lock(context_.mutex);
    context_.all.erase(place_);
    if (--context_.open == 0) context_.closed.notify_all();
  }

  void start() {
    {
      const std::lock_guard lock(context_.mutex);
      place_ = context_.all.insert(context_.all.end(), this->weak_from_this());
    }
    asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
      if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
        self->shake_hands();
      } else {
        self->read_head();
      }
    });
  }

  void close_if_idle() override {
    asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
      if (self->idle_) self->close();
    });
  }

 private:
  using Parser = wire::request_parser<wire::string_body>;

  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void shake_hands() {
    if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
      lowest().expires_after(context_.options.read_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](beast::error_code error) {
                                if (!error) self->read_head();
                              });
    }
  }

  void read_head() {
    if (context_.draining) return close();
    idle_ = true;
    parser_.emplace();
    parser_->header_limit(context_.options.most_header_bytes);
    parser_->body_limit(context_.options.most_body_bytes);
    // A connection may rest between requests, but not within one: the first bytes begin the clock.
    lowest().expires_after(context_.options.idle_timeout);
    stream_.async_read_some(
        buffer_.prepare(4096),
        [self = this->shared_from_this()](beast::error_code error, std::size_t bytes) {
          if (error) return self->close();
          self->buffer_.commit(bytes);
          self->read_rest_of_head();
        });
  }

  void read_rest_of_head() {
    idle_ = false;
    lowest().expires_after(context_.options.read_timeout);
    wire::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
          if (error) return self->fail(error);
          self->judge_head();
        });
  }

  void judge_head() {
    const auto& message = parser_->get();
    head_ = {.method = text(message.method_string()),
             .target = text(message.target()),
             .authorization = text(message[wire::field::authorization]),
             .idempotency_key = text(message["Idempotency-Key"]),
             .accept = text(message[wire::field::accept])};
    keep_alive_ = message.keep_alive();
    if (auto refusal = context_.handler.refuse(head_)) {
      keep_alive_ = keep_alive_ && parser_->is_done();
      return write(std::move(*refusal));
    }
    if (parser_->is_done()) return handle();
    if (beast::iequals(message[wire::field::expect], "100-continue")) return invite_body();
    read_body();
  }

  void invite_body() {
    auto go_on = std::make_shared<wire::response<wire::empty_body>>(wire::status::continue_, 11);
    wire::async_write(stream_, *go_on,
                      [self = this->shared_from_this(), go_on](beast::error_code error, std::size_t) {
                        if (!error) self->read_body();
                      });
  }

  void read_body() {
    wire::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       if (error) return self->fail(error);
                       self->handle();
                     });
  }

  void handle() {
    // How long an answer takes is the handler's business: a long poll may take a minute.
    lowest().expires_never();
    context_.handler.handle(std::move(head_), std::move(parser_->get().body()),
                            [self = this->shared_from_this()](Reply reply) {
                              asio::post(self->stream_.get_executor(),
                                         [self, reply = std::move(reply)]() mutable {
                                           self->write(std::move(reply));
                                         });
                            });
  }

  void fail(beast::error_code error) {
    ++context_.bad_requests;
    keep_alive_ = false;
    if (error == wire::error::body_limit) {
      return write(plain_error(413, "the body is larger than " +
                                        std::to_string(context_.options.most_body_bytes) +
                                        " bytes"));
    }
    if (error == wire::error::header_limit) {
      return write(plain_error(431, "the header is too large"));
    }
    if (error == beast::error::timeout) return close();
    const bool not_http = error.category() == wire::make_error_code(wire::error::bad_method).category();
    if (not_http && error != wire::error::end_of_stream && error != wire::error::partial_message) {
      return write(plain_error(400, "this is not HTTP/1.1"));
    }
    close();
  }

  template <class Message>
  void send(std::shared_ptr<Message> message) {
    lowest().expires_after(context_.options.write_timeout);
    wire::async_write(stream_, *message,
                      [self = this->shared_from_this(), message](beast::error_code error,
                                                                 std::size_t) {
                        if (error || message->need_eof()) return self->close();
                        self->read_again();
                      });
  }

  void write(Reply reply) {
    if (!reply.file.empty()) return write_file(reply);
    auto message = std::make_shared<wire::response<wire::string_body>>();
    message->body() = std::move(reply.body);
    fill(*message, reply);
    send(std::move(message));
  }

  void write_file(const Reply& reply) {
    auto message = std::make_shared<wire::response<wire::file_body>>();
    beast::error_code error;
    message->body().open(reply.file.c_str(), beast::file_mode::scan, error);
    if (error) return write(plain_error(500, "the file cannot be read"));
    fill(*message, reply);
    send(std::move(message));
  }

  template <class Message>
  void fill(Message& message, const Reply& reply) {
    message.version(11);
    message.result(static_cast<unsigned>(reply.status));
    message.set(wire::field::content_type, reply.content_type);
    for (const auto& [name, value] : reply.headers) message.set(name, value);
    message.keep_alive(keep_alive_ && !context_.draining);
    message.prepare_payload();
  }

  void read_again() {
    if (buffer_.size() == 0) return read_head();
    // The next request has come with the last one.
    if (context_.draining) return close();
    parser_.emplace();
    parser_->header_limit(context_.options.most_header_bytes);
    parser_->body_limit(context_.options.most_body_bytes);
    read_rest_of_head();
  }

  void close() {
    beast::error_code ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    lowest().close();
  }

  ConnectionContext& context_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Head head_;
  bool keep_alive_ = false;
  bool idle_ = false;
  std::list<std::weak_ptr<Closable>>::iterator place_;
};

}  // namespace

void ConnectionContext::close_idle() {
  std::list<std::weak_ptr<Closable>> present;
  {
    const std::lock_guard lock(mutex);
    present = all;
  }
  for (const auto& connection : present) {
    if (const auto open_one = connection.lock()) open_one->close_if_idle();
  }
}

void start_connection(ConnectionContext& context, tcp::socket socket) {
  std::make_shared<Connection<beast::tcp_stream>>(context, std::move(socket))->start();
}

void start_tls_connection(ConnectionContext& context, tcp::socket socket,
                          asio::ssl::context& tls) {
  std::make_shared<Connection<beast::ssl_stream<beast::tcp_stream>>>(context, std::move(socket),
                                                                     tls)
      ->start();
}

}  // namespace delta::http
