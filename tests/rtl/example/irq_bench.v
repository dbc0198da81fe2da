// SPDX-License-Identifier: Apache-2.0
//
// cfg_interrupt_* of an UltraScale block: an interrupt that waits for Bus Master Enable while what it needs is taken away
// is not sent, and the user is told. Prints messages, sent and fail pulses of each of the ways.
`default_nettype none
module irq_bench;
    reg clk = 1'b0, rst = 1'b1, msi_en = 1'b0, msix_en = 1'b0, fmask = 1'b0, ready = 1'b0, msix_int = 1'b0;
    always #5 clk = !clk;

    reg  [31:0] msi_int = 32'd0;
    wire        valid, sent, fail;
    riser_us_irq #(.MSIX_INTERNAL(0)) u_irq (
        .clk(clk), .rst(rst), .msi_en(msi_en), .msi_mme(3'd2), .msi_addr(64'hfee0_0000), .msi_data(16'h0040),
        .msi_mask(32'd0), .msi_pending(), .msix_en(msix_en), .msix_fmask(fmask), .dmsg_valid(valid), .dmsg_ready(ready),
        .dmsg_addr(), .dmsg_data(), .irq_valid(), .irq_ready(1'b0), .irq_vec(), .intx_sent(1'b0), .busy(),
        .cfg_interrupt_msi_int(msi_int), .cfg_interrupt_msi_pending_status(32'd0),
        .cfg_interrupt_msi_pending_status_data_enable(1'b0), .cfg_interrupt_msi_mask_update(),
        .cfg_interrupt_msi_sent(sent), .cfg_interrupt_msi_fail(fail), .cfg_interrupt_msix_address(64'hfee0_1000),
        .cfg_interrupt_msix_data(32'd7), .cfg_interrupt_msix_int(msix_int), .cfg_interrupt_sent(), .mgmt_valid(),
        .mgmt_ready(1'b0), .mgmt_rdata(32'd0), .cfg_mgmt_read(1'b0), .cfg_mgmt_write(1'b0), .cfg_mgmt_read_data(),
        .cfg_mgmt_read_write_done());

    integer messages = 0, sents = 0, fails = 0;
    always @(posedge clk)
        if (!rst) begin
            messages = messages + (valid && ready);
            sents    = sents + sent;
            fails    = fails + fail;
        end

    // An interrupt with both kinds' enables as in @before waits; after some cycles they are as in @after, and @late
    // cycles behind that messages may be sent.
    task way(input [2:0] before, input [2:0] after, input integer late);
        begin
            {messages, sents, fails} = 96'd0;
            {msi_en, msix_en, fmask} = before;
            ready    = 1'b0;
            msi_int  = before[1] ? 32'd0 : 32'd4;
            msix_int = before[1];
            @(posedge clk);
            #1 msi_int = 32'd0;
            msix_int   = 1'b0;
            repeat (5) @(posedge clk);
            #1 {msi_en, msix_en, fmask} = after;
            repeat (late) @(posedge clk);
            #1 ready = 1'b1;
            repeat (5) @(posedge clk);
            #1 {msi_en, msix_en, fmask} = before;
            repeat (5) @(posedge clk);
            #1 $write("%0d%0d%0d ", messages, sents, fails);
        end
    endtask

    integer late;
    initial begin
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        for (late = 0; late < 2; late = late + 1) begin
            way(3'b100, 3'b100, late);
            way(3'b100, 3'b000, late);
            way(3'b100, 3'b110, late);
            way(3'b010, 3'b010, late);
            way(3'b010, 3'b000, late);
            way(3'b010, 3'b100, late);
            way(3'b010, 3'b011, late);
        end
        $display("end");
        $finish;
    end
endmodule
`default_nettype wire
